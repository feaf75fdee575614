import type { Ctx, TraceBatch } from '@plinth/data-kit';

/** A call that waits for work which it shares with others. */
export type Queued = { readonly ctx: Ctx; readonly reject: (reason: unknown) => void };

type BatchQueueOptions<Q extends Queued> = {
  readonly kind: Parameters<TraceBatch>[0];
  /** While this many batches are in progress, calls wait, which makes the next batch larger. */
  readonly runningMax: number;
  readonly traceBatch: TraceBatch | undefined;
  readonly takeBatch: (queued: readonly Q[]) => { readonly batch: readonly Q[]; readonly rest: Q[] };
  /**
   * Settles each call of a batch. If it throws, the calls that are not settled and all that wait are rejected: without a
   * primary, each of them would wait for one by itself.
   */
  readonly process: (batch: readonly Q[]) => Promise<void>;
};

/** Creates a queue that collects the calls of one turn of the event loop, and those that arrive while others are processed. */
export const createBatchQueue = <Q extends Queued>(options: BatchQueueOptions<Q>): ((call: Q) => void) => {
  const { kind, runningMax, traceBatch, takeBatch, process } = options;
  let queued: Q[] = [];
  let running = 0;
  let isScheduled = false;
  const run = async (batch: readonly Q[]): Promise<void> => {
    const contexts = batch.map(({ ctx }) => ctx);
    try {
      await (traceBatch ? traceBatch(kind, contexts, () => process(batch)) : process(batch));
    } catch (reason) {
      for (const { reject } of [...batch, ...queued.splice(0)]) reject(reason);
    }
    running -= 1;
    schedule();
  };
  const runNext = (): void => {
    isScheduled = false;
    while (queued.length > 0 && running < runningMax) {
      const { batch, rest } = takeBatch(queued);
      queued = rest;
      running += 1;
      void run(batch);
    }
  };
  const schedule = (): void => {
    if (isScheduled || queued.length === 0 || running >= runningMax) return;
    isScheduled = true;
    // A microtask would run before the other requests of this turn have added their calls.
    setImmediate(runNext);
  };
  return (call) => {
    queued.push(call);
    schedule();
  };
};
