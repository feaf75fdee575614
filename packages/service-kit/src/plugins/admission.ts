import { commonErrors } from '@plinth/contract-kit';
import fp from 'fastify-plugin';
import { type Caller, getCaller } from '../http/caller.ts';
import { createCounts } from '../http/counts.ts';
import { createRejecter } from '../http/problem-response.ts';

export type AdmissionLimits = {
  /** Requests that are processed concurrently. */
  readonly inFlightMax: number;
  /**
   * Requests that wait for a slot; one more is rejected immediately. Waiting costs only memory, and rejected clients retry, so
   * many may wait.
   */
  readonly waitingMax: number;
  /** Milliseconds after which a waiting request is rejected. */
  readonly waitMs: number;
  /** Every request is rejected while two checks in a row have measured more milliseconds of event-loop lag than this. */
  readonly lagMs: number;
};

type OnDecision = (isAdmitted: boolean) => void;
type Waiting = { readonly caller: Caller; readonly onDecision: OnDecision; readonly expiresAt: number };

export type Admission = {
  /** Calls `onDecision` when a slot is free for the caller, or when the request is rejected. */
  enter(caller: Caller, onDecision: OnDecision): void;
  /** Frees the slot of one admitted request. */
  leave(caller: Caller): void;
  stop(): void;
};

const checkMs = 100;

/** How long after the last change between two users their requests still share the slots. */
const sharedMs = 1000;

/**
 * Decides whether several users send requests. A request shares the event loop with those in progress, so a user who keeps many
 * in progress delays the others.
 */
const createSharing = (now: () => number) => {
  let lastUser: string | undefined;
  let sharedUntil = Number.NEGATIVE_INFINITY;
  return {
    record: ({ user }: Caller): void => {
      if (lastUser !== undefined && user !== lastUser) sharedUntil = now() + sharedMs;
      lastUser = user;
    },
    isShared: (): boolean => now() < sharedUntil,
  };
};

/** Counts slots by their holders. A tenant may hold three quarters of them, so that some stay for others. */
const createSlots = (max: number, getUserMax: () => number) => {
  const held = createCounts();
  let total = 0;
  const add = ({ user, tenant }: Caller, change: 1 | -1): void => {
    total += change;
    for (const key of [user, tenant]) held.add(key, change);
  };
  return {
    hasRoom: ({ user, tenant }: Caller): boolean =>
      total < max && held.get(user) < getUserMax() && held.get(tenant) < Math.ceil((max * 3) / 4),
    take: (caller: Caller) => add(caller, 1),
    free: (caller: Caller) => add(caller, -1),
  };
};

/** Holds the waiting requests, in a queue for each user. */
const createQueues = () => {
  const queues = new Map<string, Waiting[]>();
  const remove = (user: string, queue: Waiting[]): Waiting | undefined => {
    const first = queue.shift();
    // The queue of this user becomes the last one, so that users take turns.
    queues.delete(user);
    if (queue.length > 0) queues.set(user, queue);
    return first;
  };
  return {
    add: (waiting: Waiting): void => {
      const { user } = waiting.caller;
      const queue = queues.get(user) ?? [];
      queue.push(waiting);
      queues.set(user, queue);
    },
    /** Removes the next request that may be admitted. */
    takeNext: (hasRoom: (caller: Caller) => boolean): Waiting | undefined => {
      for (const [user, queue] of queues) {
        const [first] = queue;
        if (first && hasRoom(first.caller)) return remove(user, queue);
      }
      return undefined;
    },
    /** Removes the requests that have waited too long. The first of a queue has waited longest. */
    takeExpired: (time: number): Waiting[] => {
      const expired: Waiting[] = [];
      for (const [user, queue] of [...queues]) {
        const count = queue.findIndex(({ expiresAt }) => expiresAt > time);
        expired.push(...queue.splice(0, count === -1 ? queue.length : count));
        if (queue.length === 0) queues.delete(user);
      }
      return expired;
    },
  };
};

/** Creates a queue for requests beyond the capacity of a host, so that a short burst waits instead of failing. */
export const createAdmission = (
  { inFlightMax, waitingMax, waitMs, lagMs }: AdmissionLimits,
  now: () => number = () => performance.now(),
): Admission => {
  const sharing = createSharing(now);
  const slots = createSlots(inFlightMax, () => Math.ceil(inFlightMax / (sharing.isShared() ? 32 : 2)));
  const waitingSlots = createSlots(waitingMax, () => Math.ceil(waitingMax / 2));
  const queues = createQueues();
  let checkedAt = now();
  let lag = 0;
  let isLagging = false;
  const check = (): void => {
    const time = now();
    const previousLag = lag;
    lag = Math.max(0, time - checkedAt - checkMs);
    // A single long interval can be one stall, after which the process is idle again.
    isLagging = Math.min(previousLag, lag) > lagMs;
    checkedAt = time;
    for (const { caller, onDecision } of queues.takeExpired(time)) {
      waitingSlots.free(caller);
      onDecision(false);
    }
  };
  const timer = setInterval(check, checkMs).unref();
  return {
    enter: (caller, onDecision) => {
      sharing.record(caller);
      if (isLagging) return onDecision(false);
      if (slots.hasRoom(caller)) {
        slots.take(caller);
        return onDecision(true);
      }
      if (!waitingSlots.hasRoom(caller)) return onDecision(false);
      waitingSlots.take(caller);
      queues.add({ caller, onDecision, expiresAt: now() + waitMs });
    },
    leave: (caller) => {
      slots.free(caller);
      const next = queues.takeNext(slots.hasRoom);
      if (!next) return;
      waitingSlots.free(next.caller);
      slots.take(next.caller);
      next.onDecision(true);
    },
    stop: () => clearInterval(timer),
  };
};

export type AdmissionOptions = { readonly inFlightMax: number; readonly publicUrl: string };

/**
 * Admits requests to contracts while slots are free. A request takes its slot after its body has arrived, so that a slow
 * client holds none. Routes of the host are not counted, nor are streams and uploads, which run at the pace of their clients.
 */
export const admission = fp<AdmissionOptions>(
  async (app, { inFlightMax, publicUrl }) => {
    const queue = createAdmission({ inFlightMax, waitingMax: 16 * inFlightMax, waitMs: 3000, lagMs: 1000 });
    const reject = createRejecter(commonErrors.unavailable({ detail: 'The server is overloaded.' }), publicUrl);
    app.addHook('preValidation', (request, reply, done) => {
      const { contract } = request.scope.config;
      if (!contract || contract.stream || contract.upload) return done();
      const caller = getCaller(request);
      const leave = (): void => queue.leave(caller);
      queue.enter(caller, (isAdmitted) => {
        if (!isAdmitted) return reject(request, reply);
        // If the client disconnected while queued, its close event has already fired: free the slot here.
        if (reply.raw.destroyed) return leave();
        reply.raw.once('close', leave);
        done();
      });
    });
    app.addHook('onClose', async () => queue.stop());
  },
  { name: 'admission', dependencies: ['request-context', 'auth'] },
);
