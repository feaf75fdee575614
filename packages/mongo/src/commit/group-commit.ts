import type { Ctx, JournalRow, TraceBatch } from '@plinth/data-kit';
import { remainingMs } from '../deadline.ts';
import { type CommitDeps, commitGroup } from './commit-group.ts';
import { type Claim, createCommitSet } from './commit-set.ts';
import { createQueuedSet, isNonEmpty, type NonEmptySets, type QueuedSet } from './queued-set.ts';
import type { Write } from './write.ts';

/** A transaction has at most this many sets, and about this many bytes. */
const setsMax = 64;
const bytesMax = 1_000_000;

const takeGroup = ([first, ...others]: NonEmptySets): { group: QueuedSet[]; rest: QueuedSet[] } => {
  if (others.length === 0 || !first.isGroupable) return { group: [first], rest: others };
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
  claim(first.claims);
  let bytes = first.bytes;
  for (const set of others) {
    const fits = group.length < setsMax && bytes + set.bytes <= bytesMax;
    if (fits && set.isGroupable && set.claims.every(isFree)) {
      group.push(set);
      bytes += set.bytes;
      claim(set.claims);
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
    const set = createQueuedSet(ctx, createCommitSet(writes, row), remainingMs(ctx, clock));
    queued.push(set);
    // A microtask would run before the other requests of this turn have added their sets.
    if (!isRunning) setImmediate(commitNext);
    isRunning = true;
    return set.outcome;
  };
};
