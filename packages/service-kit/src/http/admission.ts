import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contractOf } from './contract-of.ts';

/** How much a host takes on at once. */
export type AdmissionLimits = {
  /** Requests that are worked on. */
  readonly inFlightMax: number;
  /**
   * Requests that wait for one of those to end; one more is refused at once. Whoever waits costs nothing but memory, and
   * whoever is refused comes again: so many may wait.
   */
  readonly waitingMax: number;
  /** Milliseconds after which a request that waits is refused. */
  readonly waitMs: number;
  /** Milliseconds by which the event loop may be late; above, nothing new is taken on. */
  readonly lagMs: number;
};

export const usualLimits = (inFlightMax: number): AdmissionLimits => ({
  inFlightMax,
  waitingMax: 16 * inFlightMax,
  waitMs: 1000,
  lagMs: 1000,
});

/** Told whether there is room. */
type Told = (isAdmitted: boolean) => void;
type Waiting = { readonly told: Told; readonly until: number };

export type Admission = {
  /** Tells when there is room, or when there has been none for too long. */
  enter(told: Told): void;
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
  const check = (): void => {
    const time = now();
    lag = Math.max(0, time - checkedAt - checkMs);
    checkedAt = time;
    // The one that came first has waited longest.
    while (waiting[0] && waiting[0].until <= time) (waiting.shift() as Waiting).told(false);
  };
  const timer = setInterval(check, checkMs).unref();
  return {
    enter: (told) => {
      if (lag > lagMs || waiting.length >= waitingMax) return told(false);
      if (inFlight >= inFlightMax) return void waiting.push({ told, until: now() + waitMs });
      inFlight += 1;
      told(true);
    },
    leave: () => {
      const next = waiting.shift();
      if (next) next.told(true);
      else inFlight -= 1;
    },
    stop: () => clearInterval(timer),
  };
};

/** Answers a request that is not let in. */
type Refuse = (request: FastifyRequest, reply: FastifyReply) => void;

/** Lets requests to contracts in as far as there is room. Health and readiness need none; a stream is read at its own pace. */
export const addAdmission = (app: FastifyInstance, limits: AdmissionLimits, refuse: Refuse): void => {
  const admission = createAdmission(limits);
  app.addHook('onRequest', (request, reply, done) => {
    const route = contractOf(request);
    if (!route || route.stream) return done();
    admission.enter((isAdmitted) => {
      if (!isAdmitted) return refuse(request, reply);
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
