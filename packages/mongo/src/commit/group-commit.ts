import type { CommitRecords, Ctx, TraceBatch } from '@plinth/data-kit';
import { remainingMs } from '../deadline.ts';
import { type CommitDeps, commitGroup } from './commit-group.ts';
import { createCommitSet } from './commit-set.ts';
import { createGroupLane, createLoneLane, isShareable } from './lanes.ts';
import { createQueuedSet, type QueuedSet } from './queued-set.ts';
import type { Write } from './write.ts';

export type Commit = (ctx: Ctx, writes: readonly Write[], records: CommitRecords) => Promise<void>;

/**
 * Creates the commit of write sets. Sets that are ready in one turn of the event loop, or while another group is being
 * committed, share a transaction: waiting for a majority takes as long for one set as for many. Sets that cannot share one, or
 * have failed in one, are committed alone, concurrently with the groups. In both queues tenants take turns.
 */
export const createCommit = (deps: CommitDeps & { readonly traceBatch: TraceBatch | undefined }): Commit => {
  const { clock, counts, traceBatch } = deps;
  const failed = new Set<QueuedSet>();
  let isScheduled = false;
  /** Starts what may start after this turn. A microtask would run before other requests of the turn have added their sets. */
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      for (const lane of lanes) lane.start();
    });
  };
  const commitAlone = (set: QueuedSet): void => {
    failed.add(set);
    loneLane.queue.add(set);
    schedule();
  };
  const run = async (sets: readonly QueuedSet[]): Promise<void> => {
    counts.groups += 1;
    counts.sets += sets.filter(({ hasFailed }) => !hasFailed).length;
    const contexts = sets.map(({ ctx }) => ctx);
    const commit = () => commitGroup(sets, { ...deps, commitAlone });
    try {
      await (traceBatch ? traceBatch('commit', contexts, commit) : commit());
    } catch (reason) {
      // Without a primary, each queued set would wait for the whole timeout.
      const waiting = lanes.flatMap(({ queue }) => queue.take(Number.POSITIVE_INFINITY, () => true));
      for (const set of [...sets, ...waiting]) set.reject(reason);
    }
  };
  const groupLane = createGroupLane({ run, onChange: schedule, failed });
  const loneLane = createLoneLane({ run, onChange: schedule });
  const lanes = [groupLane, loneLane];
  return async (ctx, writes, records) => {
    const set = createQueuedSet(ctx, createCommitSet(writes, records), remainingMs(ctx, clock));
    const { queue } = isShareable(set) ? groupLane : loneLane;
    queue.add(set);
    schedule();
    return set.outcome;
  };
};
