import type { Claim } from './commit-set.ts';
import { createFairQueue, type FairQueue } from './fair-queue.ts';
import type { QueuedSet } from './queued-set.ts';

/** A transaction has at most this many sets, and about this many bytes. */
const setsMax = 64;
const bytesMax = 1_000_000;

/** A group that takes longer no longer delays the next one. */
const hangingAfterMs = 300;
const groupsMax = 2;

/** At most this many sets that share no transaction are committed at a time, one of each tenant. */
const aloneMax = 4;

/** True when a set may share a transaction. */
export const isShareable = ({ isGroupable, bytes }: QueuedSet): boolean => isGroupable && bytes <= bytesMax;

/** Returns a function that accepts the sets which fit one transaction together. */
const createFit = (): ((set: QueuedSet) => boolean) => {
  const claimed = new Map<string, boolean>();
  let bytes = 0;
  const isFree = ({ name, isShared }: Claim): boolean => !claimed.has(name) || (isShared && claimed.get(name) === true);
  return (set) => {
    if (bytes + set.bytes > bytesMax || !set.claims.every(isFree)) return false;
    bytes += set.bytes;
    for (const { name, isShared } of set.claims) claimed.set(name, isShared && claimed.get(name) !== false);
    return true;
  };
};

/** A queue, and the commits of its sets. */
export type Lane = {
  readonly queue: FairQueue;
  /** Starts the commits that may start now. */
  start(): void;
};

type LaneOptions = {
  readonly run: (sets: readonly QueuedSet[]) => Promise<void>;
  /** Called when a commit has ended, or hangs, so that others may start. */
  readonly onChange: () => void;
};

/** Creates the lane of the sets that share transactions. It runs one group at a time, and two while one hangs. */
export const createGroupLane = ({
  run,
  onChange,
  failed,
}: LaneOptions & {
  /** Sets that are tried alone. The other sets of their tenants wait, because they would often fail or conflict with these. */
  readonly failed: Set<QueuedSet>;
}): Lane => {
  const queue = createFairQueue();
  const running = new Set<{ readonly isHanging: boolean }>();
  const getFailedTenants = (): ReadonlySet<string> => {
    for (const set of failed) if (set.isSettled()) failed.delete(set);
    return new Set([...failed].map(({ ctx }) => ctx.tenantId));
  };
  return {
    queue,
    start: () => {
      const canStart = running.size < groupsMax && [...running].every(({ isHanging }) => isHanging);
      if (!canStart) return;
      const [fits, failedTenants] = [createFit(), getFailedTenants()];
      const sets = queue.take(setsMax, (set) => !failedTenants.has(set.ctx.tenantId) && fits(set));
      if (sets.length === 0) return;
      const group = { isHanging: false };
      running.add(group);
      const timer = setTimeout(() => {
        group.isHanging = true;
        onChange();
      }, hangingAfterMs);
      void run(sets).finally(() => {
        clearTimeout(timer);
        running.delete(group);
        onChange();
      });
    },
  };
};

/** Creates the lane of the sets that cannot share a transaction, or have failed in one. */
export const createLoneLane = ({ run, onChange }: LaneOptions): Lane => {
  const queue = createFairQueue();
  const tenants = new Set<string>();
  const accepts = ({ ctx: { tenantId } }: QueuedSet): boolean => {
    const isFree = !tenants.has(tenantId);
    tenants.add(tenantId);
    return isFree;
  };
  return {
    queue,
    start: () => {
      for (const set of queue.take(aloneMax - tenants.size, accepts)) {
        void run([set]).finally(() => {
          tenants.delete(set.ctx.tenantId);
          onChange();
        });
      }
    },
  };
};
