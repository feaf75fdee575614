import { commonErrors } from '@plinth/kernel';
import type { FastifyInstance } from 'fastify';
import { contractOf } from './contract-of.ts';

/** How much a host takes on at once. */
export type AdmissionLimits = {
  /** Requests that are worked on. */
  readonly inFlightMax: number;
  /** Requests that wait for one of those to end; one more is refused at once. */
  readonly waitingMax: number;
  /** Milliseconds after which a request that waits is refused. */
  readonly waitMs: number;
  /** Milliseconds by which the event loop may be late; above, nothing new is taken on. */
  readonly lagMs: number;
};

export const usualLimits = (inFlightMax: number): AdmissionLimits => ({
  inFlightMax,
  waitingMax: 4 * inFlightMax,
  waitMs: 1000,
  lagMs: 1000,
});

type Done = (error?: Error) => void;
type Waiting = { readonly done: Done; readonly until: number };

export type Admission = {
  /** Calls `done` when there is room, or with `unavailable` when there is none for too long. */
  enter(done: Done): void;
  /** Makes room. For each that was let in, once. */
  leave(): void;
  stop(): void;
};

const checkMs = 100;

/**
 * Makes what lets requests in. Beyond what a host can work on they wait for a moment, so that a burst is served and
 * not refused, and a caller who comes again at once after each refusal cannot cost more than those who are served.
 */
export const createAdmission = (
  { inFlightMax, waitingMax, waitMs, lagMs }: AdmissionLimits,
  now: () => number = () => performance.now(),
): Admission => {
  const waiting: Waiting[] = [];
  let inFlight = 0;
  let checkedAt = now();
  let lag = 0;
  const refuse = (done: Done) =>
    done(commonErrors.unavailable({ detail: 'There is more to do than can be done now.' }));
  const check = (): void => {
    const time = now();
    lag = Math.max(0, time - checkedAt - checkMs);
    checkedAt = time;
    // The one that came first has waited longest.
    while (waiting[0] && waiting[0].until <= time) refuse((waiting.shift() as Waiting).done);
  };
  const timer = setInterval(check, checkMs).unref();
  return {
    enter: (done) => {
      if (lag > lagMs || waiting.length >= waitingMax) return refuse(done);
      if (inFlight >= inFlightMax) return void waiting.push({ done, until: now() + waitMs });
      inFlight += 1;
      done();
    },
    leave: () => {
      const next = waiting.shift();
      if (next) next.done();
      else inFlight -= 1;
    },
    stop: () => clearInterval(timer),
  };
};

/** Lets requests to contracts in as far as there is room. Health and readiness need none; a stream is read at its own pace. */
export const addAdmission = (app: FastifyInstance, limits: AdmissionLimits): void => {
  const admission = createAdmission(limits);
  app.addHook('onRequest', (request, reply, done) => {
    const route = contractOf(request);
    if (!route || route.stream) return done();
    admission.enter((refusal) => {
      if (refusal) return done(refusal);
      // Who has gone while waiting would never be told to leave.
      if (reply.raw.destroyed) return admission.leave();
      request.scope.leave = admission.leave;
      done();
    });
  });
  app.addHook('onClose', (_app, done) => {
    admission.stop();
    done();
  });
};
