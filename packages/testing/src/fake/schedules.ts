import type { Clock, Schedules } from '@plinth/data-kit';
import type { Documents } from './commit.ts';

type Deps = { readonly clock: Clock; readonly state: ReadonlyMap<string, Documents> };
type Planned = { readonly timetable: string; readonly plannedAt: Date };

/** Creates the schedules of the fake. */
export const fakeSchedules = ({ clock, state }: Deps): Schedules => {
  const schedules = new Map<string, Planned>();
  return {
    begin: async (job, timetable) => {
      const now = clock.now();
      const stored = schedules.get(job);
      const plannedAt = stored?.timetable === timetable ? stored.plannedAt : now;
      schedules.set(job, { timetable, plannedAt });
      return { plannedAt, now };
    },
    setPlanned: async (job, plannedAt) => {
      const stored = schedules.get(job);
      if (stored && stored.plannedAt < plannedAt) schedules.set(job, { ...stored, plannedAt });
    },
    async *listTenants(collection) {
      const documents = [...(state.get(collection)?.values() ?? [])];
      yield* new Set(documents.map(({ tenantId }) => tenantId).toSorted());
    },
  };
};
