import { defineCollection, Entity } from '@plinth/data-kit';
import { createContext, createId, createIds, createManualClock } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { useDatastore } from './stores.ts';

const scrolls = defineCollection('scrolls', Entity.extend({ text: z.string() }), {
  tenancy: 'tenant',
  indexes: { byAge: { fields: ['createdAt', '_id'] } },
});

const datastore = useDatastore();
const clock = createManualClock();
const ids = createIds(clock);
const tenantId = createId();
const count = 90;
const open = () =>
  datastore.current.open({ name: 'large', collections: { scrolls } }, { clock, ids }).collections.scrolls;

beforeAll(async () => {
  await datastore.current.open({ name: 'large', collections: { scrolls } }, { clock, ids }).prepare();
  const now = clock.now();
  const text = 'x'.repeat(250_000);
  const documents = Array.from({ length: count }, () => ({
    _id: ids.next(),
    tenantId,
    version: 1,
    createdAt: now,
    updatedAt: now,
    text,
  }));
  await datastore.current.raw('large', 'scrolls').insertMany(documents);
}, 60_000);

describe('documents that exceed 16 MiB together', () => {
  it('boundary: are all on their page, which does not fit one batch', async () => {
    const page = await open().for(createContext({ tenantId })).list({ where: {}, sort: 'createdAt', limit: 100 });
    expect(page.items).toHaveLength(count);
    expect(page.nextCursor).toBeNull();
  }, 30_000);

  it('boundary: are followed by a next page when there is one', async () => {
    const list = open().for(createContext({ tenantId })).list;
    const first = await list({ where: {}, sort: '-createdAt', limit: 85 });
    expect(first.items).toHaveLength(85);
    const rest = await list({ where: {}, sort: '-createdAt', limit: 85, cursor: first.nextCursor ?? '' });
    expect(new Set([...first.items, ...rest.items].map(({ _id }) => _id)).size).toBe(count);
  }, 30_000);

  it('boundary: are all found by their ids', async () => {
    const wanted = (await datastore.current.raw('large', 'scrolls').all()).map(({ _id }) => String(_id));
    expect(await open().for(createContext({ tenantId })).getMany(wanted)).toHaveLength(count);
  }, 30_000);

  it('leave no cursor open on the server', async () => {
    await open().for(createContext({ tenantId })).list({ where: {}, sort: 'createdAt', limit: 100 });
    const { cursor } = (await datastore.current.client.db('admin').command({
      aggregate: 1,
      pipeline: [
        { $currentOp: { idleCursors: true } },
        { $match: { ns: `${datastore.current.databasePrefix}large.scrolls`, type: 'idleCursor' } },
      ],
      cursor: {},
    })) as { cursor: { firstBatch: object[] } };
    expect(cursor.firstBatch).toEqual([]);
  });
});
