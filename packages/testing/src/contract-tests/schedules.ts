import { describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';
import { createThing } from './collections.ts';
import type { Fixture } from './fixture.ts';

const hourMs = 3_600_000;

/** The guarantees of schedules. */
export const scheduleCases = (use: () => Fixture): void => {
  describe('schedules', () => {
    it('begin now, and continue after the last run that was planned', async () => {
      const { schedules } = use();
      const job = `job-${createId()}`;
      const first = await schedules.begin(job, 'hourly');
      expect(first.plannedAt).toEqual(first.now);
      expect(await schedules.begin(job, 'hourly')).toMatchObject({ plannedAt: first.plannedAt });
      const plannedAt = new Date(first.now.getTime() + hourMs);
      await schedules.setPlanned(job, plannedAt);
      expect(await schedules.begin(job, 'hourly')).toMatchObject({ plannedAt });
    });

    it('race: a process that was paused moves no schedule back', async () => {
      const { schedules } = use();
      const job = `job-${createId()}`;
      const { now } = await schedules.begin(job, 'hourly');
      const times = [3, 1, 2].map((hours) => new Date(now.getTime() + hours * hourMs));
      await Promise.all(times.map((time) => schedules.setPlanned(job, time)));
      expect(await schedules.begin(job, 'hourly')).toMatchObject({ plannedAt: times[0] });
    });

    it('begin now again when their timetable changes, and leave others as they are', async () => {
      const { schedules } = use();
      const [job, other] = [`job-${createId()}`, `job-${createId()}`];
      const { now } = await schedules.begin(job, 'hourly');
      await schedules.begin(other, 'hourly');
      const plannedAt = new Date(now.getTime() + hourMs);
      await Promise.all([job, other].map((name) => schedules.setPlanned(name, plannedAt)));
      const changed = await schedules.begin(job, '$daily');
      expect(changed.plannedAt).toEqual(changed.now);
      expect(await schedules.begin(other, 'hourly')).toMatchObject({ plannedAt });
    });

    it('race: several processes begin a new schedule at once', async () => {
      const { schedules } = use();
      const job = `job-${createId()}`;
      const begun = await Promise.all(Array.from({ length: 5 }, () => schedules.begin(job, 'hourly')));
      expect(new Set(begun.map(({ plannedAt }) => plannedAt.getTime())).size).toBe(1);
    });

    it('list each tenant that has documents in a collection, once', async () => {
      const { schedules, insertEach, context } = use();
      const [one, two] = [context(), context()];
      await insertEach(one, [{}, {}].map(createThing));
      await insertEach(two, [createThing()]);
      const tenants: string[] = [];
      for await (const tenant of schedules.listTenants('things')) tenants.push(tenant);
      expect(tenants.filter((tenant) => [one.tenantId, two.tenantId].includes(tenant))).toEqual(
        [one.tenantId, two.tenantId].toSorted(),
      );
      expect(new Set(tenants).size).toBe(tenants.length);
    });
  });
};
