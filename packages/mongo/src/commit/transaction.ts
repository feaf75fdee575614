import type { Clock, JournalRow } from '@plinth/data-kit';
import { type ClientSession, type Db, type MongoClient, MongoServerError } from 'mongodb';
import { pauseBeforeRetry, remainingMs } from '../deadline.ts';
import { isNoPrimary, isUnknownCommit, UnknownOutcome } from '../mongo-errors.ts';
import type { PrimaryMonitor } from '../primary-monitor.ts';
import { majority } from '../settings.ts';
import type { Statement } from './statements.ts';
import type { Write } from './write.ts';

/** The writes of one unit of work and their journal row. */
export type CommitSet = { readonly writes: readonly Write[]; readonly row: JournalRow };

export type TransactionDeps = {
  readonly client: MongoClient;
  readonly db: Db;
  readonly clock: Clock;
  readonly primary: PrimaryMonitor;
};

/** The session of a transaction and its retries, and their limits. */
export type TransactionScope = {
  readonly session: ClientSession;
  /** The start of the first try, from `performance.now()`. */
  readonly since: number;
  /** Aborts when no caller waits any longer. A commit in progress continues; no further transaction starts. */
  readonly signal: AbortSignal;
  readonly deadline: number;
};

/** Repeats a commit until its outcome is known. Repeating a commit is safe. */
const commitUntilKnown = async ({ session, deadline }: TransactionScope, clock: Clock): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await session.commitTransaction();
      return;
    } catch (cause) {
      if (!isUnknownCommit(cause)) throw cause;
      if (isNoPrimary(cause)) throw new UnknownOutcome({ cause });
      await pauseBeforeRetry(cause, { tries, deadline, clock }).catch(() => {
        throw new UnknownOutcome({ cause });
      });
    }
  }
};

/** Runs statements in one transaction. If one fails, nothing is written. */
export const runTransaction = async (
  statements: readonly Statement[],
  scope: TransactionScope,
  { db, clock, primary }: TransactionDeps,
): Promise<void> => {
  const { session, since, signal } = scope;
  signal.throwIfAborted();
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: majority });
  try {
    for (const { command, expected, createError } of statements) {
      const maxTimeMS = remainingMs(scope, clock);
      // `db.command` does not inherit the client's `ignoreUndefined`.
      const response = await db.command({ ...command, ordered: true, maxTimeMS }, { session, ignoreUndefined: true });
      const [failure] = (response['writeErrors'] ?? []) as { code: number; errmsg: string }[];
      if (failure) throw new MongoServerError({ ...failure, message: failure.errmsg });
      if (response['n'] !== expected) throw createError();
      signal.throwIfAborted();
    }
  } catch (cause) {
    // The server ends open transactions after a time limit, so a failed abort needs no handling.
    await session.abortTransaction().catch(() => undefined);
    signal.throwIfAborted();
    // The abort may have waited seconds for a primary. The next command must not wait that long again.
    if (!isNoPrimary(cause)) await primary.waitForPrimary(since);
    throw cause;
  }
  await commitUntilKnown(scope, clock);
};
