import { pii } from '@plinth/contract-kit';
import { type Clock, defineCollection, Entity } from '@plinth/data-kit';
import { createContext, createIds, createManualClock } from '@plinth/testing';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { useDatastore } from './stores.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const dayMs = 24 * 60 * 60 * 1000;
const purgeAfterDays = 30;
/** MongoDB looks for expired documents once a minute. */
const purgedWithinMs = 90_000;

const guests = defineCollection('guests', Entity.extend({ name: pii(z.string()) }), {
  tenancy: 'tenant',
  softDelete: true,
  purgeAfterDays,
  indexes: { newest: { fields: ['createdAt', '_id'] } },
});

const tickets = defineCollection('tickets', Entity.extend({ name: z.string() }), {
  tenancy: 'tenant',
  expireAfterDays: 7,
  indexes: {},
});

const datastore = useDatastore();
const open = (clock: Clock) =>
  datastore.current.open({ name: 'purge', collections: { guests, tickets } }, { clock, ids: createIds(clock) });
beforeAll(() => open({ now: () => new Date() }).prepare());

/** Stores a document and removes it that many days ago. */
const removeDaysAgo = async (days: number): Promise<string> => {
  const removedAt = Date.now() - days * dayMs;
  const store = open(createManualClock(new Date(removedAt)));
  const ctx = createContext({ deadline: removedAt + 8000 });
  const collection = store.collections.guests.for(ctx);
  const run = <T>(work: () => T) => store.unitOfWork.run(ctx, async () => work(), { operation: 'test' });
  const guest = await run(() => collection.insert({ name: 'Ada' }));
  await run(() => collection.remove(guest));
  return guest._id;
};

it.each([
  ['removed documents', 'guests', { deletedAt: 1 }, purgeAfterDays],
  ['documents without a change', 'tickets', { updatedAt: 1 }, 7],
] as const)('an index lets MongoDB delete %s after their period', async (_, collection, key, days) => {
  const database = `${datastore.current.databasePrefix}purge`;
  const indexes = await datastore.current.client.db(database).collection(collection).indexes();
  const expiring = indexes.filter(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
  expect(expiring).toMatchObject([{ key, expireAfterSeconds: days * 24 * 60 * 60 }]);
});

it.runIf(isHeavy)(
  'boundary: a document is deleted for good after its period, and not before',
  async () => {
    const recent = await removeDaysAgo(purgeAfterDays - 1);
    await removeDaysAgo(purgeAfterDays + 1);
    const readIds = async () => (await datastore.current.raw('purge', 'guests').all()).map(({ _id }) => _id);
    await expect.poll(readIds, { timeout: purgedWithinMs, interval: 1000 }).toEqual([recent]);
  },
  purgedWithinMs + 10_000,
);
