import { commonErrors } from '@plinth/contract-kit';
import { IdempotencyKeyConflict } from '@plinth/data-kit';
import { pauseBeforeRetry } from '../deadline.ts';
import { findUsedKeys, toKeyId, toKeyStatements } from '../journal/idempotency-keys.ts';
import { toStoredRow } from '../journal/journal.ts';
import { journalName } from '../journal/journal-names.ts';
import { isPreviousConflict, releasePreviousKey } from '../journal/previous-keys.ts';
import {
  type FindUniqueCode,
  isCausedByNoPrimary,
  isNoPrimary,
  isRetryable,
  isUnreachable,
  NoPrimaryError,
  toApiError,
  UnknownOutcome,
} from '../mongo-errors.ts';
import type { CommitSet } from './commit-set.ts';
import { isNonEmpty, type NonEmptySets, type QueuedSet, SetExpired, SetsFailed } from './queued-set.ts';
import { type Statement, toGroupedStatements, toSingleStatements } from './statements.ts';
import { runTransaction, type TransactionDeps, type TransactionScope } from './transaction.ts';

export type CommitCounts = { groups: number; sets: number; splits: number };

export type CommitDeps = TransactionDeps & { readonly findUniqueCode: FindUniqueCode; readonly counts: CommitCounts };

/** The dependencies of a group. `commitAlone` queues a set that has failed in it. */
export type GroupDeps = CommitDeps & { readonly commitAlone: (set: QueuedSet) => void };

/** A group is split after this many attempts to commit it. */
const groupTriesMax = 3;

/** The keys come before the rows: a repeated request fails by its key. */
const toRecordStatements = (sets: readonly CommitSet[]): Statement[] => [
  ...toKeyStatements(sets.map(({ keyRecord }) => keyRecord)),
  ...toGroupedStatements(
    sets.map(({ rows, keyRecord }) =>
      rows.map((row, index) => ({
        kind: 'insert',
        collection: journalName,
        document: toStoredRow(row, index === 0 ? keyRecord : undefined),
      })),
    ),
  ),
];

/** Frees the key of a set that a journal row of the previous release has, when it has expired there. */
const releaseKey = async ({ ctx, keyRecord }: QueuedSet, error: unknown, deps: CommitDeps): Promise<boolean> =>
  error instanceof IdempotencyKeyConflict &&
  keyRecord !== undefined &&
  isPreviousConflict(error) &&
  (await releasePreviousKey(ctx, keyRecord, deps));

/** A shared commit is tried until the deadline of its last caller. */
const getLatestDeadline = (sets: readonly QueuedSet[]): number => Math.max(...sets.map(({ ctx }) => ctx.deadline));

/** Commits one set, with retries until it succeeds, a condition fails or its deadline has passed. */
const commitSingle = async (set: QueuedSet, scope: TransactionScope, deps: CommitDeps): Promise<void> => {
  const { clock, findUniqueCode } = deps;
  const records = toRecordStatements([set]);
  const singleStatements = [...toSingleStatements(set.writes), ...records];
  const combined = set.isGroupable && !set.hasFailed ? [...toGroupedStatements([set.writes]), ...records] : [];
  const isShorter = combined.length > 0 && combined.length < singleStatements.length;
  let statements = isShorter ? combined : singleStatements;
  for (let tries = 1; ; tries += 1) {
    try {
      return await runTransaction(statements, scope, deps);
    } catch (cause) {
      if (cause instanceof SetExpired) return;
      if (isRetryable(cause)) {
        await pauseBeforeRetry(cause, { tries, deadline: scope.deadline, clock });
      } else if (statements !== singleStatements && !isNoPrimary(cause) && !(cause instanceof UnknownOutcome)) {
        // One command for each write shows which of them failed.
        statements = singleStatements;
      } else {
        const error = toApiError(cause, findUniqueCode);
        // An expired key of the previous release is freed first. After that, the set is tried again.
        if (!(await releaseKey(set, error, deps))) throw error;
      }
    }
  }
};

const toBatchStatements = (sets: readonly QueuedSet[]) => [
  ...toGroupedStatements(sets.map(({ writes }) => writes)),
  ...toRecordStatements(sets),
];

/** Commits several sets together, except for those whose deadline passes before. */
const commitBatch = async (scope: TransactionScope, deps: CommitDeps): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    const sets = scope.sets.filter((set) => !set.isSettled());
    if (sets.length === 0) return;
    try {
      return await runTransaction(toBatchStatements(sets), { ...scope, sets }, deps);
    } catch (cause) {
      if (cause instanceof SetExpired) continue;
      if (!isRetryable(cause) || (tries >= groupTriesMax && !isUnreachable(cause))) throw cause;
      await pauseBeforeRetry(cause, { tries, deadline: scope.deadline, clock: deps.clock });
    }
  }
};

/**
 * Commits sets in a new session. Without a primary the driver searches for longer than a request waits: then the promise
 * rejects while the driver continues. A commit that was sent may still take effect, but no further one is sent.
 */
const commitInSession = async (sets: NonEmptySets, deps: CommitDeps): Promise<void> => {
  const session = deps.client.startSession();
  const since = performance.now();
  const scope = { sets, session, since, deadline: getLatestDeadline(sets) };
  const work = sets.length === 1 ? commitSingle(sets[0], scope, deps) : commitBatch(scope, deps);
  try {
    await deps.primary.withPrimaryTimeout(
      work.finally(() => void session.endSession()),
      since,
    );
  } catch (cause) {
    const isSent = cause instanceof NoPrimaryError && sets.some(({ isCommitting }) => isCommitting);
    throw isSent ? new UnknownOutcome({ cause }) : cause;
  }
};

/** Returns the sets of a failed group whose idempotency keys are in use, because their request is already committed. */
const findRepeated = async (sets: readonly QueuedSet[], deps: CommitDeps): Promise<ReadonlySet<QueuedSet>> => {
  const records = sets.flatMap(({ keyRecord }) => keyRecord ?? []);
  const [first] = sets;
  if (!first || records.length === 0) return new Set();
  // The look-up is for all of these sets, so the end of one request must not abort it.
  const ctx = { ...first.ctx, deadline: getLatestDeadline(sets), signal: new AbortController().signal };
  const used = await findUsedKeys(records, ctx, deps).catch((reason: unknown) => {
    if (isCausedByNoPrimary(reason)) throw reason;
    return new Set<string>();
  });
  return new Set(sets.filter(({ keyRecord }) => keyRecord && used.has(toKeyId(keyRecord))));
};

/** True when trying parts of the group again cannot help: no part finds a primary, or one may be committed already. */
const isFinal = (sets: readonly QueuedSet[], cause: unknown): boolean =>
  sets.length === 1 || cause instanceof UnknownOutcome || isNoPrimary(cause);

/**
 * Returns the sets to try alone: those that failed and, when a tenant makes the group fail once more, all sets of this tenant, so that
 * it does not delay the sets of other tenants any longer.
 */
const findFailed = (sets: readonly QueuedSet[], cause: unknown, failedTenants: ReadonlySet<string>): Set<QueuedSet> => {
  const failed = cause instanceof SetsFailed ? cause.sets : [];
  const failedAgain = new Set(failed.map(({ ctx }) => ctx.tenantId).filter((tenantId) => failedTenants.has(tenantId)));
  const isOfFailedAgain = ({ ctx }: QueuedSet): boolean => failedAgain.has(ctx.tenantId);
  if (sets.every(isOfFailedAgain)) return new Set(failed);
  return new Set(sets.filter((set) => failed.includes(set) || isOfFailedAgain(set)));
};

/** Rejects the sets of repeated requests, queues those that failed, and commits the others again. */
const commitOthers = async (
  sets: readonly QueuedSet[],
  { cause, failedTenants }: { readonly cause: unknown; readonly failedTenants: ReadonlySet<string> },
  deps: GroupDeps,
): Promise<void> => {
  deps.counts.splits += 1;
  const repeated = await findRepeated(sets, deps);
  for (const set of repeated) set.reject(new IdempotencyKeyConflict({ cause }));
  const remaining = sets.filter((set) => !repeated.has(set));
  const failed = findFailed(remaining, cause, failedTenants);
  for (const set of failed) {
    set.hasFailed = true;
    deps.commitAlone(set);
  }
  const others = remaining.filter((set) => !failed.has(set));
  const tenants = new Set([...failedTenants, ...[...failed].map(({ ctx }) => ctx.tenantId)]);
  // Without a hint which set makes the group fail, such as in repeated conflicts with other processes, the group is halved.
  const middle = others.length === sets.length ? Math.floor(others.length / 2) : others.length;
  await commitGroup(others.slice(0, middle), deps, tenants);
  await commitGroup(others.slice(middle), deps, tenants);
};

/**
 * Commits sets in one transaction and settles each. If it fails, the sets that made it fail are queued to be tried alone, those
 * of repeated requests are rejected, and the others are tried again. So a failed condition fails only its own set.
 * @throws `unavailable` without a primary, for the sets that wait behind these.
 */
export const commitGroup = async (
  queued: readonly QueuedSet[],
  deps: GroupDeps,
  failedTenants: ReadonlySet<string> = new Set(),
): Promise<void> => {
  const sets = queued.filter((set) => !set.isSettled());
  if (!isNonEmpty(sets)) return;
  try {
    await commitInSession(sets, deps);
    for (const set of sets) set.resolve();
  } catch (cause) {
    if (!isFinal(sets, cause)) return commitOthers(sets, { cause, failedTenants }, deps);
    const error = toApiError(cause);
    for (const set of sets) set.reject(error);
    if (isNoPrimary(cause) || isCausedByNoPrimary(error)) throw commonErrors.unavailable({ cause });
  }
};
