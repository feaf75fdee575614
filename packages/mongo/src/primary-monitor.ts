import type { Db, MongoClient } from 'mongodb';
import { journalName } from './journal/journal-names.ts';
import { isTimeLimit, NoPrimaryError } from './mongo-errors.ts';

/** Without a primary, a request waits this long. */
const noPrimaryTimeoutMs = 3500;

/** With a primary, work that takes this long hangs, because every command has an earlier deadline. */
const hangingAfterMs = 9000;

const checkMs = 100;

/** A confirmation that takes longer is started again while reads wait for it. */
const confirmationMaxMs = 5000;

/** Monitors the primary. `since` is the start of a wait, from `performance.now()`. */
export type PrimaryMonitor = {
  /** Resolves when there is a primary, usually immediately. @throws `NoPrimaryError` after the timeout. */
  waitForPrimary(since: number): Promise<void>;
  /**
   * Returns the result of `work`.
   * @throws `NoPrimaryError` after the timeout without a primary or when `work` hangs (it is not cancelled), or the error of
   * `work`.
   */
  withPrimaryTimeout<T>(work: Promise<T>, since: number): Promise<T>;
  /** Returns the latest primary by its address and election, when it is confirmed. */
  getConfirmed(): string | undefined;
  /**
   * Tries to confirm the primary by a linearizable read. After an election, a primary answers majority reads by an older state
   * until a majority has followed it.
   */
  confirm(db: Db): Promise<void>;
};

type Waiting = { readonly since: number; readonly reject: (reason: NoPrimaryError) => void };

/** Reads a collection that every module has, and at most one id of it. */
const linearizableRead = {
  find: journalName,
  limit: 1,
  projection: { _id: 1 },
  readConcern: { level: 'linearizable' },
  maxTimeMS: confirmationMaxMs,
};

const createConfirmation = (
  client: MongoClient,
  withPrimaryTimeout: PrimaryMonitor['withPrimaryTimeout'],
): Pick<PrimaryMonitor, 'getConfirmed' | 'confirm'> => {
  // The primary is not known before the first event, and stays so for a client that is connected already.
  let elected = 'not known';
  let confirmed: string | undefined;
  let confirming: Promise<void> | undefined;
  client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
    const primary = [...servers.values()].find(({ isWritable }) => isWritable);
    // Kept while there is no primary: only another one, or another election, ends a confirmation.
    if (primary) elected = `${primary.address} ${primary.electionId?.toHexString()}`;
  });
  const confirm = async (db: Db): Promise<void> => {
    const candidate = elected;
    try {
      await withPrimaryTimeout(db.command(linearizableRead), performance.now());
    } catch (cause) {
      if (isTimeLimit(cause)) return;
      throw cause;
    }
    // Otherwise another primary may have responded.
    if (candidate === elected) confirmed = candidate;
  };
  return {
    getConfirmed: () => (confirmed === elected ? confirmed : undefined),
    confirm: (db) => {
      confirming ??= confirm(db).finally(() => {
        confirming = undefined;
      });
      return confirming;
    },
  };
};

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
    ...createConfirmation(client, withPrimaryTimeout),
  };
};
