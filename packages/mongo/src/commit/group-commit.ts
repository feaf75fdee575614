import type { Ctx, JournalRow, TraceBatch } from '@plinth/data-kit';
import { BSON } from 'mongodb';
import { remainingMs } from '../deadline.ts';
import { type CommitDeps, commitGroup, isGroupable } from './commit-group.ts';
import { type CommitSet, createQueuedSet, isNonEmpty, type NonEmptySets, type QueuedSet } from './queued-set.ts';
import type { Write } from './write.ts';

/** A transaction has at most this many sets, and about this many bytes. */
const setsMax = 64;
const bytesMax = 1_000_000;

const getSize = ({ writes, row }: CommitSet): number => {
  let bytes = BSON.calculateObjectSize(row);
  for (const write of writes) {
    bytes += BSON.calculateObjectSize(write.kind === 'insert' ? write.document : write.filter);
    if (write.kind === 'update') bytes += BSON.calculateObjectSize(write.update);
  }
  return bytes;
};

/** An idempotency key, or one version of a document. Two sets of one group may both require a version, but not change it. */
type Claim = { readonly name: string; readonly isShared: boolean };

const getClaims = ({ writes, row }: CommitSet): Claim[] => [
  ...(row.key === undefined ? [] : [{ name: `key ${row.tenantId} ${row.key}`, isShared: false }]),
  ...writes.flatMap((write) =>
    write.kind !== 'insert' && 'version' in write.filter
      ? [
          {
            name: `version ${write.collection} ${JSON.stringify(write.filter['_id'])}`,
            isShared: write.kind === 'update' && write.isRequirement === true,
          },
        ]
      : [],
  ),
];

const takeGroup = ([first, ...others]: NonEmptySets): { group: QueuedSet[]; rest: QueuedSet[] } => {
  if (others.length === 0 || !isGroupable(first)) return { group: [first], rest: others };
  const group = [first];
  const rest: QueuedSet[] = [];
  const claimed = new Map<string, { readonly isShared: boolean }>();
  const claim = (claims: readonly Claim[]): void => {
    for (const { name, isShared } of claims) {
      claimed.set(name, { isShared: isShared && claimed.get(name)?.isShared !== false });
    }
  };
  const isFree = ({ name, isShared }: Claim): boolean => {
    const other = claimed.get(name);
    return !other || (isShared && other.isShared);
  };
  claim(getClaims(first));
  let bytes = getSize(first);
  for (const set of others) {
    const claims = getClaims(set);
    const size = getSize(set);
    const fits = group.length < setsMax && bytes + size <= bytesMax;
    if (fits && isGroupable(set) && claims.every(isFree)) {
      group.push(set);
      bytes += size;
      claim(claims);
    } else rest.push(set);
  }
  return { group, rest };
};

export type Commit = (ctx: Ctx, writes: readonly Write[], row: JournalRow) => Promise<void>;

/**
 * Creates the commit of write sets. Sets that are ready in one turn of the event loop, or while another group is being
 * committed, share a transaction: waiting for a majority takes as long for one set as for many.
 */
export const createCommit = (deps: CommitDeps & { readonly traceBatch: TraceBatch | undefined }): Commit => {
  const { clock, counts, traceBatch } = deps;
  let queued: QueuedSet[] = [];
  let isRunning = false;
  const commitNext = (): void => {
    const waiting = queued.filter((set) => !set.isSettled());
    isRunning = waiting.length > 0;
    queued = [];
    if (!isNonEmpty(waiting)) return;
    const { group, rest } = takeGroup(waiting);
    queued = rest;
    counts.groups += 1;
    counts.sets += group.length;
    const contexts = group.map(({ ctx }) => ctx);
    (traceBatch ? traceBatch('commit', contexts, () => commitGroup(group, deps)) : commitGroup(group, deps))
      .catch((reason: unknown) => {
        // Without a primary, each queued set would wait for the whole timeout.
        for (const set of [...group, ...queued.splice(0)]) set.reject(reason);
      })
      .finally(() => {
        isRunning = queued.length > 0;
        if (isRunning) setImmediate(commitNext);
      });
  };
  return async (ctx, writes, row) => {
    const set = createQueuedSet(ctx, { writes, row }, remainingMs(ctx, clock));
    queued.push(set);
    // A microtask would run before the other requests of this turn have added their sets.
    if (!isRunning) setImmediate(commitNext);
    isRunning = true;
    return set.outcome;
  };
};
