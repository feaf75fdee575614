import type { Ctx } from './context.ts';

/** The write sets of the units of work that run now. Nobody but the collections and the unit of work of a datastore has them. */
export type WriteSets<W> = {
  /** @throws when no unit of work runs for `ctx`: nothing would commit the write. */
  record(ctx: Ctx, write: W): void;
  /** Runs an action and gives what it answered with what it recorded, in order. */
  gather<T>(ctx: Ctx, work: () => Promise<T>): Promise<{ readonly answer: T; readonly writes: readonly W[] }>;
};

/**
 * Makes the write sets of a datastore. They hang on the context by its identity, so the context itself stays plain data.
 * @param collectionOf names the collection of a write, for the message of a write that nothing would commit.
 */
export const createWriteSets = <W>(collectionOf: (write: W) => string): WriteSets<W> => {
  const running = new WeakMap<Ctx, W[]>();
  return {
    record: (ctx, write) => {
      const writes = running.get(ctx);
      if (!writes) {
        throw new TypeError(
          `A write to '${collectionOf(write)}' outside a unit of work. Run the action by unitOfWork.run(ctx, …), and await every write before it returns.`,
        );
      }
      writes.push(write);
    },
    gather: async (ctx, work) => {
      if (running.has(ctx)) {
        throw new TypeError('A unit of work runs for this context already. Await it before you begin another.');
      }
      const writes: W[] = [];
      running.set(ctx, writes);
      try {
        return { answer: await work(), writes };
      } finally {
        // From here on a late write finds no write set and throws, instead of being lost.
        running.delete(ctx);
      }
    },
  };
};
