import type { MongoClient } from 'mongodb';
import { PrimaryGone } from './failures.ts';

/** Nobody waits longer for what a primary has to do while there is none, in milliseconds. */
const patienceMs = 3500;

/**
 * What takes so long although there is a primary hangs, because every command has its deadline before: the driver never
 * hears of one that it writes to a connection while that is being closed.
 */
const hangingMs = 9000;

const checkMs = 100;

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

type Waiting = { readonly since: number; readonly reject: (reason: PrimaryGone) => void };

/**
 * Follows the primary by what the driver tells of it. Until it tells something else, there is one. Whoever waits is
 * looked at a few times a second, all at once: a timer for each read would cost more than to wait with it.
 */
export const followPrimary = (client: MongoClient): Primary => {
  const waiting = new Set<Waiting>();
  let isThere = true;
  let back = Promise.withResolvers<void>();
  const check = (): void => {
    const latest = performance.now() - (isThere ? hangingMs : patienceMs);
    for (const { since, reject } of waiting) if (since <= latest) reject(new PrimaryGone());
  };
  const checking = setInterval(check, checkMs).unref();
  client.on('topologyClosed', () => clearInterval(checking));
  client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
    const wasThere = isThere;
    isThere = [...servers.values()].some(({ isWritable }) => isWritable);
    if (isThere) back.resolve();
    else if (wasThere) back = Promise.withResolvers();
  });
  const unlessGone = <T>(work: Promise<T>, since: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const entry: Waiting = { since, reject };
      waiting.add(entry);
      work.then(
        (value) => {
          waiting.delete(entry);
          resolve(value);
        },
        (reason: unknown) => {
          waiting.delete(entry);
          reject(reason);
        },
      );
    });
  return {
    found: async (since) => {
      if (!isThere) await unlessGone(back.promise, since);
    },
    unlessGone,
  };
};
