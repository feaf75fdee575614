import type { MongoClient } from 'mongodb';
import { PrimaryGone } from './failures.ts';

/** Nobody waits longer for what a primary has to do while there is none, in milliseconds. */
const patienceMs = 3500;

/**
 * What waits for so long after a primary was lost waits for nothing, although there is one again: the driver never
 * hears of a command that it writes to a connection while that is being closed.
 */
const hangingMs = 8000;

/** What is known of the primary. `since` is when the waiting began, in milliseconds of `performance.now()`. */
export type Primary = {
  /** Resolves when there is a primary, mostly at once. @throws `PrimaryGone` when patience ends before. */
  found(since: number): Promise<void>;
  /**
   * What `work` gives. When patience ends and there is no primary, nobody waits any longer, and `work` goes on alone;
   * so it does when it hangs.
   * @throws `PrimaryGone` then, or what `work` throws.
   */
  unlessGone<T>(work: Promise<T>, since: number): Promise<T>;
};

type Waiting = { readonly until: number; readonly reject: (reason: PrimaryGone) => void };

/** Follows the primary by what the driver tells of it. Until it tells something else, there is one. */
export const followPrimary = (client: MongoClient): Primary => {
  const waiting = new Set<Waiting>();
  let isThere = true;
  let back = Promise.withResolvers<void>();
  const refuseInTime = (one: Waiting): void => {
    const refuse = () => {
      if (waiting.has(one)) one.reject(new PrimaryGone());
    };
    setTimeout(() => isThere || refuse(), one.until - performance.now());
    setTimeout(refuse, hangingMs).unref();
  };
  client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
    const wasThere = isThere;
    isThere = [...servers.values()].some(({ isWritable }) => isWritable);
    if (isThere) back.resolve();
    else if (wasThere) {
      back = Promise.withResolvers();
      for (const one of waiting) refuseInTime(one);
    }
  });
  const unlessGone = async <T>(work: Promise<T>, since: number): Promise<T> => {
    const { promise: refused, reject } = Promise.withResolvers<never>();
    const one = { until: since + patienceMs, reject };
    waiting.add(one);
    // While there is a primary no timer is set: most work is done before one would be needed.
    if (!isThere) refuseInTime(one);
    try {
      return await Promise.race([work, refused]);
    } finally {
      waiting.delete(one);
    }
  };
  return {
    found: async (since) => {
      if (!isThere) await unlessGone(back.promise, since);
    },
    unlessGone,
  };
};
