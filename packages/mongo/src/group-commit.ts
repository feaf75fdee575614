import { type Ctx, IdempotencyKeyConflict, type JournalRow, type TraceBatch } from '@plinth/data-kit';
import { BSON } from 'mongodb';
import { pauseUntil, remainingMs } from './deadline.ts';
import { isAway, isGone, isTransient, OutcomeUnknown, tellsOfGone, translate, type UniqueCodes } from './failures.ts';
import { keyOfRow, releaseKey, usedKeys } from './journal.ts';
import { type CommitSet, isGroupable, type Place, type TransactionParts, transact } from './transaction.ts';
import { createTurnQueue, type Waiting } from './turn-queue.ts';
import type { Write } from './write-set.ts';

/** What has been committed so far. */
export type CommitCounts = { groups: number; sets: number; splits: number };

type Parts = TransactionParts & {
  readonly codeOf: UniqueCodes;
  readonly together?: TraceBatch | undefined;
  /** Raised by what happens here. */
  readonly counts: CommitCounts;
};

/** A set that waits to be committed, and who is told of it. */
type WaitingSet = CommitSet & Waiting & { readonly resolve: () => void };

/** At most so many sets, and about so many bytes, share a transaction. */
const setsMax = 64;
const bytesMax = 1_000_000;

/** Sets that come while so many groups are being committed wait, and so make a larger group of their own. */
const groupsMax = 1;

/** How often a group as a whole is tried before its halves are; what fails for want of a primary is nobody's fault. */
const groupTriesMax = 3;

/**
 * Works in a session of its own. Without a primary the driver looks for one for longer than anybody waits: then `work`
 * ends by itself, and whether its commit has happened is not known.
 */
const withSession = async <T>({ client, primary }: Parts, work: (place: Place) => Promise<T>): Promise<T> => {
  const session = client.startSession();
  const left = new AbortController();
  const since = performance.now();
  const inSession = async (): Promise<T> => {
    try {
      return await work({ session, since, signal: left.signal });
    } finally {
      await session.endSession();
    }
  };
  try {
    return await primary.unlessGone(inSession(), since);
  } catch (cause) {
    left.abort(cause);
    throw cause;
  }
};

/** True when the commit may be tried again: what stood in the way has been removed, or will go by itself. */
const mayGoOn = async (cause: unknown, { ctx, row, parts }: { ctx: Ctx; row: JournalRow; parts: Parts }) =>
  translate(cause, parts.codeOf) instanceof IdempotencyKeyConflict &&
  row.key !== undefined &&
  releaseKey(ctx, row.key, parts);

/** Commits one set by itself, again and again until it holds, a condition refuses it or its deadline has come. */
const commitAlone = (set: WaitingSet, parts: Parts): Promise<void> =>
  withSession(parts, async (place) => {
    const { deadline } = set.ctx;
    let precisely = set.writes.length <= 1 || !isGroupable(set);
    for (let tries = 1; ; tries += 1) {
      try {
        return await transact([set], { ...place, deadline, precisely }, parts);
      } catch (cause) {
        if (isTransient(cause)) {
          await pauseUntil(deadline, { tries, clock: parts.clock, cause });
        } else if (precisely || isGone(cause) || cause instanceof OutcomeUnknown) {
          if (!(await mayGoOn(cause, { ...set, parts }))) throw translate(cause, parts.codeOf);
        } else precisely = true;
      }
    }
  });

const deadlineOf = (sets: readonly WaitingSet[]): number => Math.min(...sets.map(({ ctx }) => ctx.deadline));

const tryTogether = (sets: readonly WaitingSet[], parts: Parts): Promise<void> =>
  withSession(parts, async (place) => {
    const deadline = deadlineOf(sets);
    for (let tries = 1; ; tries += 1) {
      try {
        return await transact(sets, { ...place, deadline, precisely: false }, parts);
      } catch (cause) {
        if (!isTransient(cause) || (tries >= groupTriesMax && !isAway(cause))) throw cause;
        await pauseUntil(deadline, { tries, clock: parts.clock, cause });
      }
    }
  });

const settleAlone = (set: WaitingSet, parts: Parts): Promise<void> =>
  commitAlone(set, parts).then(set.resolve, (cause: unknown) => {
    const reason = translate(cause);
    set.reject(reason);
    if (tellsOfGone(reason)) throw reason;
  });

/** The sets of a group that failed whose keys have been used: who sends again what is done already. */
const repeatedAmong = async (sets: readonly WaitingSet[], parts: Parts): Promise<ReadonlySet<WaitingSet>> => {
  const keyed = sets.filter(({ row }) => row.key !== undefined);
  const [first] = keyed;
  if (!first) return new Set();
  const ctx = { ...first.ctx, deadline: deadlineOf(sets), signal: new AbortController().signal };
  const used = await usedKeys(
    keyed.map(({ row }) => row),
    ctx,
    parts,
  ).catch((reason: unknown) => {
    if (tellsOfGone(reason)) throw reason;
    return new Set<string>();
  });
  return new Set(keyed.filter(({ row }) => used.has(keyOfRow(row))));
};

/**
 * Commits sets together. When that fails, those that repeat what is done are told so and the others tried again; where
 * there are none, each half is tried by itself, down to the single set: so the one whose condition does not hold fails
 * alone, and the others are committed in a few more transactions.
 * @throws `unavailable` when there is no primary, and leaves those that it has not come to.
 */
const commitGroup = async (sets: readonly WaitingSet[], parts: Parts): Promise<void> => {
  const [first] = sets;
  if (!first) return;
  if (sets.length === 1) return settleAlone(first, parts);
  try {
    await tryTogether(sets, parts);
  } catch (cause) {
    // Without a primary every part would wait for one; with an unknown outcome a part might be there already.
    if (cause instanceof OutcomeUnknown || isGone(cause)) {
      const reason = translate(cause);
      if (isGone(cause)) throw reason;
      for (const { reject } of sets) reject(reason);
      return;
    }
    parts.counts.splits += 1;
    const repeated = await repeatedAmong(sets, parts);
    if (repeated.size > 0) {
      for (const { reject } of repeated) reject(new IdempotencyKeyConflict({ cause }));
      return commitGroup(
        sets.filter((set) => !repeated.has(set)),
        parts,
      );
    }
    const middle = sets.length >> 1;
    await commitGroup(sets.slice(0, middle), parts);
    await commitGroup(sets.slice(middle), parts);
    return;
  }
  for (const { resolve } of sets) resolve();
};

const sizeOf = ({ writes, row }: CommitSet): number => {
  let bytes = BSON.calculateObjectSize(row);
  for (const write of writes) {
    bytes += BSON.calculateObjectSize(write.kind === 'insert' ? write.document : write.filter);
    if (write.kind === 'update') bytes += BSON.calculateObjectSize(write.update);
  }
  return bytes;
};

/** What only one set of a group may claim: a key, or the one version of a document that a change is meant for. */
const claimsOf = ({ writes, row }: CommitSet): string[] => [
  ...(row.key === undefined ? [] : [`key ${row.tenantId} ${row.key}`]),
  ...writes.flatMap((write) =>
    write.kind !== 'insert' && 'version' in write.filter
      ? [`version ${write.collection} ${JSON.stringify(write.filter['_id'])}`]
      : [],
  ),
];

/** The sets that are committed next, and those that go on waiting. */
const nextGroup = (waiting: readonly WaitingSet[]): { batch: WaitingSet[]; rest: WaitingSet[] } => {
  const [first, ...others] = waiting;
  if (!first) return { batch: [], rest: [] };
  const batch = [first];
  const rest: WaitingSet[] = [];
  if (others.length === 0) return { batch, rest };
  if (!isGroupable(first)) return { batch, rest: others };
  const claimed = new Set(claimsOf(first));
  let bytes = sizeOf(first);
  for (const set of others) {
    const claims = claimsOf(set);
    const size = sizeOf(set);
    const fits = batch.length < setsMax && bytes + size <= bytesMax;
    if (fits && isGroupable(set) && !claims.some((claim) => claimed.has(claim))) {
      batch.push(set);
      bytes += size;
      for (const claim of claims) claimed.add(claim);
    } else rest.push(set);
  }
  return { batch, rest };
};

export type Commit = (ctx: Ctx, writes: readonly Write[], row: JournalRow) => Promise<void>;

/**
 * Makes what commits write sets. Those that are ready in one turn of the event loop, or while others are being
 * committed, share a transaction: to be durable costs the same for one as for many.
 */
export const createCommit = (parts: Parts): Commit => {
  const { clock, counts, together } = parts;
  const push = createTurnQueue<WaitingSet>({
    what: 'commit',
    runningMax: groupsMax,
    together,
    next: nextGroup,
    work: (group) => {
      counts.groups += 1;
      counts.sets += group.length;
      return commitGroup(group, parts);
    },
  });
  return (ctx, writes, row) =>
    new Promise((resolve, reject) => {
      remainingMs(ctx, clock);
      push({ ctx, writes, row, resolve, reject });
    });
};
