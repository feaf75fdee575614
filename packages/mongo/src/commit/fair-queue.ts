import type { QueuedSet } from './queued-set.ts';

/** Write sets that wait for a transaction. Tenants take turns, so that one with many sets does not delay the others. */
export type FairQueue = {
  add(set: QueuedSet): void;
  /**
   * Removes and returns up to `max` sets that `accepts` accepts: the first of each tenant, then the second of each. Tenants
   * that were served come last in the next turn. Sets that have an outcome already are dropped.
   */
  take(max: number, accepts: (set: QueuedSet) => boolean): QueuedSet[];
};

export const createFairQueue = (): FairQueue => {
  const byTenant = new Map<string, QueuedSet[]>();
  const remove = (taken: ReadonlySet<QueuedSet>): void => {
    for (const [tenantId, sets] of [...byTenant]) {
      const rest = sets.filter((set) => !taken.has(set) && !set.isSettled());
      if (rest.length === sets.length) continue;
      byTenant.delete(tenantId);
      if (rest.length > 0) byTenant.set(tenantId, rest);
    }
  };
  return {
    add: (set) => {
      const { tenantId } = set.ctx;
      const sets = byTenant.get(tenantId);
      if (sets) sets.push(set);
      else byTenant.set(tenantId, [set]);
    },
    take: (max, accepts) => {
      const taken = new Set<QueuedSet>();
      let queues = [...byTenant.values()];
      for (let place = 0; queues.length > 0 && taken.size < max; place += 1) {
        queues = queues.filter((sets) => sets.length > place);
        for (const sets of queues) {
          const set = sets[place];
          if (set && taken.size < max && !set.isSettled() && accepts(set)) taken.add(set);
        }
      }
      remove(taken);
      return [...taken];
    },
  };
};
