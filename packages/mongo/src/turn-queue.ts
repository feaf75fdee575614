import type { Ctx, TraceBatch } from '@plinth/data-kit';

/** A call that waits for work which it shares with others. */
export type Waiting = { readonly ctx: Ctx; readonly reject: (reason: unknown) => void };

type Options<W extends Waiting> = {
  readonly what: Parameters<TraceBatch>[0];
  /** While so many batches are under way, calls wait, and so make a larger batch of their own. */
  readonly runningMax: number;
  /** Surrounds each batch. Left out: nothing is told. */
  readonly together: TraceBatch | undefined;
  /** Those that go next, and those that go on waiting. */
  readonly next: (waiting: readonly W[]) => { readonly batch: W[]; readonly rest: W[] };
  /**
   * Settles each call of a batch. What it throws refuses those that are not settled and all that wait: without a primary
   * each of them would wait for one by itself.
   */
  readonly work: (batch: readonly W[]) => Promise<void>;
};

/** Makes a queue that gathers the calls of one turn of the event loop, and those that come while others are at work. */
export const createTurnQueue = <W extends Waiting>(options: Options<W>): ((call: W) => void) => {
  const { what, runningMax, together, next, work } = options;
  let waiting: W[] = [];
  let running = 0;
  let isScheduled = false;
  const run = (batch: readonly W[]): Promise<void> => {
    if (!together) return work(batch);
    return together(
      what,
      batch.map(({ ctx }) => ctx),
      () => work(batch),
    );
  };
  const runNext = (): void => {
    isScheduled = false;
    while (waiting.length > 0 && running < runningMax) {
      const { batch, rest } = next(waiting);
      waiting = rest;
      running += 1;
      const done = (): void => {
        running -= 1;
        schedule();
      };
      void run(batch).then(done, (reason: unknown) => {
        for (const { reject } of [...batch, ...waiting.splice(0)]) reject(reason);
        done();
      });
    }
  };
  const schedule = (): void => {
    if (isScheduled || waiting.length === 0 || running >= runningMax) return;
    isScheduled = true;
    // Promises that settle in this turn add their calls before it; a microtask would come too early to collect them.
    setImmediate(runNext);
  };
  return (call) => {
    waiting.push(call);
    schedule();
  };
};
