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

/** Monitors whether there is a primary. `since` is the start of the wait, from `performance.now()`. */
export type PrimaryMonitor = {
  /** Resolves when there is a primary, usually at once. @throws `NoPrimaryError` after the timeout. */
  waitForPrimary(since: number): Promise<void>;
  /**
   * Returns the result of `work`.
   * @throws `NoPrimaryError` after the timeout without a primary or when `work` hangs (it is not cancelled), or the error of
   * `work`.
   */
  withPrimaryTimeout<T>(work: Promise<T>, since: number): Promise<T>;
};

type Waiting = { readonly since: number; readonly reject: (reason: NoPrimaryError) => void };

/** Creates a monitor from the driver's own events. One timer checks all operations that wait. */
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
