import { commonErrors } from '@plinth/contract-kit';
import { type Clock, type JournalRow } from '@plinth/data-kit';
import { type ClientSession, type Db, type Document, type MongoClient, MongoServerError } from 'mongodb';
import { pauseUntil, remainingMs } from './deadline.ts';
import { isGone, isUnknownCommit, OutcomeUnknown } from './failures.ts';
import { journalName } from './journal-names.ts';
import type { Primary } from './primary.ts';
import { majority } from './settings.ts';
import type { Write } from './write-set.ts';

/** What is committed together for one call. */
export type CommitSet = { readonly writes: readonly Write[]; readonly row: JournalRow };

export type TransactionParts = {
  readonly client: MongoClient;
  readonly db: Db;
  readonly clock: Clock;
  readonly primary: Primary;
};

type Statement = {
  readonly command: Document;
  /** How many documents the command must insert, match or remove. */
  readonly expected: number;
  /** Makes what is thrown when it does not. */
  readonly conflictError: () => Error;
};

/** A write of several did not hold; which one, only a run of them one by one can tell. */
class SomeWriteFailed extends Error {
  override readonly name = 'SomeWriteFailed';
}

/** Filters that name one id match at most one document, so a count over many of them says whether each matched. */
const isPinned = (write: Write): boolean => {
  if (write.kind === 'insert') return true;
  const { _id: id } = write.filter as { _id?: unknown };
  return typeof id === 'string' || (typeof id === 'object' && id !== null && '$eq' in id);
};

/** True when the writes of the set can be sent together with others and still be held to their conditions. */
export const isGroupable = ({ writes }: CommitSet): boolean => writes.every(isPinned);

const sendOf = (writes: readonly Write[], conflictError: () => Error, multi: boolean): Statement => {
  const [first] = writes as [Write];
  const { collection } = first;
  const base = { expected: writes.length, conflictError };
  if (first.kind === 'insert') {
    const documents = writes.map((write) => (write as Extract<Write, { kind: 'insert' }>).document);
    return { ...base, command: { insert: collection, documents } };
  }
  if (first.kind === 'update') {
    const updates = writes.map((write) => {
      const { filter, update } = write as Extract<Write, { kind: 'update' }>;
      return { q: filter, u: update, multi };
    });
    return { ...base, command: { update: collection, updates } };
  }
  const deletes = writes.map((write) => ({ q: (write as { filter: Document }).filter, limit: multi ? 0 : 1 }));
  return { ...base, command: { delete: collection, deletes } };
};

const someFailed = () => new SomeWriteFailed();

/** The writes of many sets in as few commands as keep the order of those to one collection. */
const together = (writes: readonly Write[]): Statement[] =>
  [...Map.groupBy(writes, ({ collection }) => collection).values()].flatMap((own) => {
    const runs: Write[][] = [];
    for (const write of own) {
      const last = runs.at(-1);
      if (last?.[0]?.kind === write.kind) last.push(write);
      else runs.push([write]);
    }
    return runs.map((run) => sendOf(run, someFailed, false));
  });

/** One command a write, in the order of their recording, so that the first that does not hold names the error. */
const oneByOne = (writes: readonly Write[]): Statement[] =>
  writes.map((write) =>
    sendOf(
      [write],
      write.kind === 'insert' ? someFailed : () => write.conflictError ?? commonErrors.staleVersion(),
      true,
    ),
  );

/** A session to commit in, and since when it is used: from then on patience counts. */
export type Place = {
  readonly session: ClientSession;
  readonly since: number;
  /** Aborts when nobody waits any longer. Then a commit that is under way is ended, and no other begun. */
  readonly signal: AbortSignal;
};

type Attempt = Place & { readonly deadline: number };

const send = async (
  { command, expected, conflictError }: Statement,
  { session, maxTimeMS, db }: Pick<Place, 'session'> & { readonly maxTimeMS: number; readonly db: Db },
): Promise<void> => {
  // Options of the client do not reach `db.command`, so what is undefined must be left out by a word here.
  const answer = await db.command({ ...command, ordered: true, maxTimeMS }, { session, ignoreUndefined: true });
  const [failure] = (answer['writeErrors'] ?? []) as { code: number; errmsg: string }[];
  if (failure) throw new MongoServerError({ ...failure, message: failure.errmsg });
  if (answer['n'] !== expected) throw conflictError();
};

/** Commits what `session` holds; a commit with an unknown outcome is sent again, which is safe and tells. */
const commitSurely = async ({ session, deadline }: Attempt, clock: Clock): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await session.commitTransaction();
      return;
    } catch (cause) {
      if (!isUnknownCommit(cause)) throw cause;
      if (isGone(cause)) throw new OutcomeUnknown({ cause });
      await pauseUntil(deadline, { tries, clock, cause }).catch(() => {
        throw new OutcomeUnknown({ cause });
      });
    }
  }
};

/**
 * Commits sets in one transaction, all or none, each with its journal row.
 * @param precisely sends one command a write, for one set: then what is thrown is what its first failing write names.
 */
export const transact = async (
  sets: readonly CommitSet[],
  attempt: Attempt & { readonly precisely: boolean },
  { db, clock, primary }: TransactionParts,
): Promise<void> => {
  const { session, since, signal, precisely } = attempt;
  const writes = sets.flatMap((set) => set.writes);
  const rows = sets.map(({ row }): Write => ({ kind: 'insert', collection: journalName, document: row }));
  const statements = [...(precisely ? oneByOne(writes) : together(writes)), ...together(rows)];
  session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: majority });
  try {
    for (const statement of statements) {
      await send(statement, { session, maxTimeMS: remainingMs(attempt, clock), db });
      signal.throwIfAborted();
    }
  } catch (cause) {
    // The server ends an open transaction by itself, so a failed abort changes nothing.
    await session.abortTransaction().catch(() => undefined);
    signal.throwIfAborted();
    // To abort, the driver may have looked for a primary for seconds; for what comes next it would look for as long again.
    if (!isGone(cause)) await primary.found(since);
    throw cause;
  }
  await commitSurely(attempt, clock);
};
