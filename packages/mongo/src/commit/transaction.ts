import type { Clock } from '@plinth/data-kit';
import { type ClientSession, type Db, type Document, type MongoClient, MongoServerError } from 'mongodb';
import { pauseBeforeRetry, remainingMs } from '../deadline.ts';
import { isAborted, isNoPrimary, isRepeatableCommit, UnknownOutcome } from '../mongo-errors.ts';
import type { PrimaryMonitor } from '../primary-monitor.ts';
import { majority } from '../settings.ts';
import { assertNoneSettled, type QueuedSet, SetExpired, SetsFailed } from './queued-set.ts';
import type { Statement } from './statements.ts';

export type TransactionDeps = {
  readonly client: MongoClient;
  readonly db: Db;
  readonly clock: Clock;
  readonly primary: PrimaryMonitor;
};

/** The sets of a transaction, the session for it and its retries, and their limits. */
export type TransactionScope = {
  readonly sets: readonly QueuedSet[];
  readonly session: ClientSession;
  /** The start of the first try, from `performance.now()`. */
  readonly since: number;
  /** The latest deadline of the sets. */
  readonly deadline: number;
};

/** Repeats a commit until its outcome is known. Repeating a commit is safe. */
const commitUntilKnown = async ({ sets, session, deadline }: TransactionScope, clock: Clock): Promise<void> => {
  for (const set of sets) set.isCommitting = true;
  for (let tries = 1; ; tries += 1) {
    try {
      await session.commitTransaction();
      return;
    } catch (cause) {
      if (isAborted(cause)) {
        for (const set of sets) set.isCommitting = false;
        throw cause;
      }
      if (isNoPrimary(cause) || !isRepeatableCommit(cause)) throw new UnknownOutcome({ cause });
      await pauseBeforeRetry(cause, { tries, deadline, clock }).catch(() => {
        throw new UnknownOutcome({ cause });
      });
    }
  }
};

/** @throws `SetsFailed` in a group, otherwise the error of the first write that failed. */
const assertWritten = (
  { expected, createError, owners, storesKeys, insertsOnce }: Statement,
  response: Document,
  sets: readonly QueuedSet[],
): void => {
  const [failure] = (response['writeErrors'] ?? []) as { index: number; code: number; errmsg: string }[];
  const upserted = (response['upserted'] ?? []) as { index: number }[];
  // An upsert stores a new key or message; of any other update it shows that the filter matches nothing.
  const unmatched = storesKeys || insertsOnce ? undefined : upserted[0];
  // A key that is in use matches and stays as it is.
  const written = storesKeys ? response['nModified'] + upserted.length : response['n'];
  if (!failure && !unmatched && written === expected) return;
  const cause = failure ? new MongoServerError({ ...failure, message: failure.errmsg }) : createError();
  if (sets.length === 1) throw cause;
  const index = (failure ?? unmatched)?.index;
  // The number of removed documents does not show which one was missing.
  const failed = index === undefined ? owners : owners.slice(index, index + 1);
  throw new SetsFailed(
    sets.filter((_, owner) => failed.includes(owner)),
    { cause },
  );
};

/**
 * Runs statements in one transaction. If one fails, nothing is written.
 * @throws `SetExpired` when the deadline of a set has passed before its commit, `SetsFailed` when sets of a group fail.
 */
export const runTransaction = async (
  statements: readonly Statement[],
  scope: TransactionScope,
  { db, clock, primary }: TransactionDeps,
): Promise<void> => {
  const { sets, session, since } = scope;
  assertNoneSettled(sets);
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: majority });
  try {
    for (const statement of statements) {
      const maxTimeMS = remainingMs(scope, clock);
      // `db.command` does not inherit the client's `ignoreUndefined`.
      const response = await db.command(
        { ...statement.command, ordered: true, maxTimeMS },
        { session, ignoreUndefined: true },
      );
      assertWritten(statement, response, sets);
      assertNoneSettled(sets);
    }
  } catch (cause) {
    // The server ends open transactions after a time limit, so a failed abort needs no handling.
    await session.abortTransaction().catch(() => undefined);
    // The abort may have waited seconds for a primary. The next command must not wait that long again.
    if (!isNoPrimary(cause) && !(cause instanceof SetExpired)) await primary.waitForPrimary(since);
    throw cause;
  }
  await commitUntilKnown(scope, clock);
};
