import type { Ctx, JournalRow, TraceBatch } from '@plinth/data-kit';
import { BSON } from 'mongodb';
import { createBatchQueue } from '../batch-queue.ts';
import { remainingMs } from '../deadline.ts';
import { type CommitDeps, commitGroup, isGroupable, type QueuedSet } from './commit-group.ts';
import type { CommitSet } from './transaction.ts';
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

/** Returns what only one set of a group may claim: an idempotency key, or one version of a document. */
const getClaims = ({ writes, row }: CommitSet): string[] => [
  ...(row.key === undefined ? [] : [`key ${row.tenantId} ${row.key}`]),
  ...writes.flatMap((write) =>
    write.kind !== 'insert' && 'version' in write.filter
      ? [`version ${write.collection} ${JSON.stringify(write.filter['_id'])}`]
      : [],
  ),
];

const takeGroup = (queued: readonly QueuedSet[]): { batch: QueuedSet[]; rest: QueuedSet[] } => {
  const [first, ...others] = queued as [QueuedSet, ...QueuedSet[]];
  if (others.length === 0 || !isGroupable(first)) return { batch: [first], rest: others };
  const batch = [first];
  const rest: QueuedSet[] = [];
  const claimed = new Set(getClaims(first));
  let bytes = getSize(first);
  for (const set of others) {
    const claims = getClaims(set);
    const size = getSize(set);
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
 * Creates the commit of write sets. Sets that are ready in one turn of the event loop, or while another group is being
 * committed, share a transaction: waiting for a majority costs the same for one as for many.
 */
export const createCommit = (deps: CommitDeps & { readonly traceBatch: TraceBatch | undefined }): Commit => {
  const { clock, counts, traceBatch } = deps;
  const push = createBatchQueue<QueuedSet>({
    kind: 'commit',
    runningMax: 1,
    traceBatch,
    takeBatch: takeGroup,
    process: (group) => {
      counts.groups += 1;
      counts.sets += group.length;
      return commitGroup(group, deps);
    },
  });
  return (ctx, writes, row) =>
    new Promise((resolve, reject) => {
      remainingMs(ctx, clock);
      push({ ctx, writes, row, resolve, reject });
    });
};
