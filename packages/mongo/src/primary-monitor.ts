import type { MongoClient } from 'mongodb';
import { NoPrimaryError } from './mongo-errors.ts';

/** Without a primary, a request waits this long. */
const noPrimaryTimeoutMs = 3500;

/**
 * With a primary, work that takes this long hangs, because every command has an earlier deadline: driver 7.8 never settles
 * a command that it writes to a connection which is being closed.
 */
const hangingAfterMs = 9000;

const checkMs = 100;

/** Knows whether there is a primary. `since` is when the waiting began, by `performance.now()`. */
export type PrimaryMonitor = {
  /** Resolves when there is a primary, mostly at once. @throws `NoPrimaryError` when the timeout passes before. */
  waitForPrimary(since: number): Promise<void>;
  /**
   * Returns the result of `work`. When the timeout passes without a primary, or `work` hangs, it continues alone.
   * @throws `NoPrimaryError` then, or what `work` throws.
   */
  withPrimaryTimeout<T>(work: Promise<T>, since: number): Promise<T>;
};

type Waiting = { readonly since: number; readonly reject: (reason: NoPrimaryError) => void };

/** Creates a monitor from the driver's own events. One timer checks everything that waits, instead of one for each read. */
export const monitorPrimary = (client: MongoClient): PrimaryMonitor => {
  const waiting = new Set<Waiting>();
  let hasPrimary = true;
  let found = Promise.withResolvers<void>();
  const check = (): void => {
    const latest = performance.now() - (hasPrimary ? hangingAfterMs : noPrimaryTimeoutMs);
    for (const { since, reject } of waiting) if (since <= latest) reject(new NoPrimaryError());
  };
  const timer = setInterval(check, checkMs).unref();
  client.on('topologyClosed', () => clearInterval(timer));
  client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
    const hadPrimary = hasPrimary;
    hasPrimary = [...servers.values()].some(({ isWritable }) => isWritable);
    if (hasPrimary) found.resolve();
    else if (hadPrimary) found = Promise.withResolvers();
  });
  const withPrimaryTimeout = async <T>(work: Promise<T>, since: number): Promise<T> => {
    const { promise: timeout, reject } = Promise.withResolvers<never>();
    const entry = { since, reject };
    waiting.add(entry);
    try {
      return await Promise.race([work, timeout]);
    } finally {
      waiting.delete(entry);
    }
  };
  return {
    waitForPrimary: async (since) => {
      if (!hasPrimary) await withPrimaryTimeout(found.promise, since);
    },
    withPrimaryTimeout,
  };
};
