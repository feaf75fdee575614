import { defineCollection, Entity, type Schedules } from '@plinth/data-kit';
import { createContext, createId, fakeDatabase } from '@plinth/testing';
import { expect, it, vi } from 'vitest';
import { runSchedule } from '../../src/worker/run-schedule.ts';

const boxes = defineCollection('boxes', Entity, { tenancy: 'tenant', indexes: {} });
const job = { name: 'count', schedule: { cron: '0 * * * *', tenantsOf: boxes } };
const hourMs = 3_600_000;

const open = async (tenants: readonly string[] = [createId(), createId()]) => {
  const database = fakeDatabase({ boxes });
  const { store, clock, ids } = database;
  for (const tenantId of tenants) {
    const ctx = createContext({ tenantId, deadline: Number.MAX_SAFE_INTEGER });
    await store.unitOfWork.run(ctx, async () => void database.boxes.for(ctx).insert({}), { operation: 'add' });
  }
  const listRuns = () => database.messages().map(({ tenantId, event }) => [tenantId, event.payload['plannedAt']]);
  /** Looks once, or until a step fails, and ends. */
  const look = async (steps: Partial<Schedules> = {}): Promise<unknown[]> => {
    const stopping = new AbortController();
    const schedules = { ...store.schedules, ...steps };
    const onError = vi.fn();
    const begin: Schedules['begin'] = async (name, timetable) => {
      setImmediate(() => stopping.abort());
      return schedules.begin(name, timetable);
    };
    const options = { module: 'shelves', schedules: { ...schedules, begin }, inbox: store.inbox, ids, onError };
    await runSchedule(job, { ...options, signal: stopping.signal });
    return onError.mock.calls.flat();
  };
  return { database, clock, tenants, listRuns, look };
};

const toHour = (time: Date): Date => new Date(Math.floor(time.getTime() / hourMs) * hourMs);

it('stores a message for each tenant with documents when a time has come, and none before', async () => {
  const { clock, tenants, listRuns, look, database } = await open();
  await look();
  expect(listRuns()).toEqual([]);
  clock.advance(hourMs);
  await look();
  const plannedAt = toHour(clock.now());
  expect(listRuns()).toEqual(tenants.toSorted().map((tenantId) => [tenantId, plannedAt]));
  expect(database.messages()[0]).toMatchObject({
    state: 'ready',
    consumer: 'count',
    event: { name: 'count', source: 'shelves', at: plannedAt, actor: { kind: 'consumer', id: 'shelves.count' } },
  });
});

it('race: stores one message of a time, from any number of processes and looks', async () => {
  const { clock, tenants, listRuns, look } = await open();
  await look();
  clock.advance(hourMs);
  await Promise.all([look(), look(), look()]);
  await look();
  expect(listRuns()).toHaveLength(tenants.length);
});

it('boundary: of several times that have passed, runs the last one', async () => {
  const { clock, tenants, listRuns, look } = await open();
  await look();
  clock.advance(50 * hourMs);
  await look();
  expect(listRuns()).toEqual(tenants.toSorted().map((tenantId) => [tenantId, toHour(clock.now())]));
});

it('boundary: stores the messages of more tenants than a batch has', async () => {
  const tenants = Array.from({ length: 501 }, () => createId());
  const { clock, listRuns, look } = await open(tenants);
  await look();
  clock.advance(hourMs);
  await look();
  expect(new Set(listRuns().map(([tenantId]) => tenantId))).toEqual(new Set(tenants));
});

it('integrity: a run that fails at any step is completed by the next look', async () => {
  const { clock, tenants, listRuns, look } = await open();
  await look();
  clock.advance(hourMs);
  const away = new Error('away');
  const fail = () => Promise.reject(away);
  expect(await look({ begin: fail })).toEqual([away]);
  expect(await look({ setPlanned: fail })).toEqual([away]);
  expect(listRuns()).toHaveLength(tenants.length);
  expect(await look()).toEqual([]);
  expect(listRuns()).toHaveLength(tenants.length);
});
