import type { Datastore } from '@plinth/data-kit';

/** Changes that other requests make in the middle of a write. */
export type Interleaved = {
  /** Runs after the caller was authorized, and before the action reads. */
  readonly beforeAction?: () => Promise<unknown>;
  /** Runs after the action has returned, and before its writes are committed. */
  readonly beforeCommit?: () => Promise<unknown>;
};

/** Wraps a datastore so that a test can run changes in the middle of writes: a reproducible race. */
export const createInterleaving = <D extends Datastore>(datastore: D) => {
  let current: Interleaved = {};
  /** The writes of a change are not interleaved themselves. */
  const pause = async (change: (() => Promise<unknown>) | undefined): Promise<void> => {
    const paused = current;
    current = {};
    await change?.();
    current = paused;
  };
  const open: Datastore['open'] = (module, options) => {
    const store = datastore.open(module, options);
    const { unitOfWork } = store;
    const run: typeof unitOfWork.run = (ctx, work, metadata) => {
      const interleaved = async () => {
        await pause(current.beforeAction);
        const result = await work();
        await pause(current.beforeCommit);
        return result;
      };
      return unitOfWork.run(ctx, interleaved, metadata);
    };
    return { ...store, unitOfWork: { run } };
  };
  return {
    datastore: { ...datastore, open },
    /** Runs the changes in each write of `call`, even when the host executes an action a second time. */
    during: async <T>(changes: Interleaved, call: () => Promise<T>): Promise<T> => {
      current = changes;
      try {
        return await call();
      } finally {
        current = {};
      }
    },
  };
};
