import { commonErrors } from '@plinth/contract-kit';
import fp from 'fastify-plugin';
import { createRejecter } from '../http/problem-response.ts';

export type AdmissionLimits = {
  /** Requests that are processed concurrently. */
  readonly inFlightMax: number;
  /**
   * Requests that wait for a slot; one more is rejected at once. Waiting costs only memory, and rejected clients retry, so
   * many may wait.
   */
  readonly waitingMax: number;
  /** Milliseconds after which a waiting request is rejected. */
  readonly waitMs: number;
  /** Milliseconds of event-loop lag above which every request is rejected. */
  readonly lagMs: number;
};

type OnDecision = (isAdmitted: boolean) => void;
type Waiting = { readonly onDecision: OnDecision; readonly until: number };

export type Admission = {
  /** True when the next request would wait or be rejected. */
  isFull(): boolean;
  /** Calls `onDecision` when a slot is free, or when the request is rejected. */
  enter(onDecision: OnDecision): void;
  /** Frees the slot of one admitted request. */
  leave(): void;
  stop(): void;
};

const checkMs = 100;

/** Creates a queue for requests beyond the capacity of a host, so that a short burst waits instead of failing. */
export const createAdmission = (
  { inFlightMax, waitingMax, waitMs, lagMs }: AdmissionLimits,
  now: () => number = () => performance.now(),
): Admission => {
  const waiting: Waiting[] = [];
  let inFlight = 0;
  let checkedAt = now();
  let lag = 0;
  const check = (): void => {
    const time = now();
    lag = Math.max(0, time - checkedAt - checkMs);
    checkedAt = time;
    // The first entry has waited longest.
    while (waiting[0] && waiting[0].until <= time) (waiting.shift() as Waiting).onDecision(false);
  };
  const timer = setInterval(check, checkMs).unref();
  return {
    isFull: () => inFlight >= inFlightMax,
    enter: (onDecision) => {
      if (lag > lagMs || waiting.length >= waitingMax) return onDecision(false);
      if (inFlight >= inFlightMax) return void waiting.push({ onDecision, until: now() + waitMs });
      inFlight += 1;
      onDecision(true);
    },
    leave: () => {
      const next = waiting.shift();
      if (next) next.onDecision(true);
      else inFlight -= 1;
    },
    stop: () => clearInterval(timer),
  };
};

export type AdmissionOptions = { readonly inFlightMax: number; readonly publicUrl: string };

/**
 * Admits requests to contracts while slots are free. Routes of the host are not counted, nor are streams, which run at the
 * pace of their clients.
 */
export const admission = fp<AdmissionOptions>(
  async (app, { inFlightMax, publicUrl }) => {
    const queue = createAdmission({ inFlightMax, waitingMax: 16 * inFlightMax, waitMs: 1000, lagMs: 1000 });
    const reject = createRejecter(commonErrors.unavailable({ detail: 'The server is overloaded.' }), publicUrl);
    app.addHook('onRequest', (request, reply, done) => {
      const { contract } = request.scope.config;
      if (!contract || contract.stream) return done();
      const enter = (): void =>
        queue.enter((isAdmitted) => {
          if (!isAdmitted) return reject(request, reply);
          // If the client disconnected while queued, its close event has already fired: release the slot here.
          if (reply.raw.destroyed) return queue.leave();
          reply.raw.once('close', queue.leave);
          done();
        });
      // A client above its limit must not fill the queue.
      if (queue.isFull()) app.limit(request, reply).then(enter, done);
      else enter();
    });
    app.addHook('onClose', async () => queue.stop());
  },
  { name: 'admission', dependencies: ['request-context', 'rate-limit'] },
);
