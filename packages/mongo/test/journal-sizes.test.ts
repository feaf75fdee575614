import { createContext, createId, createIds } from '@plinth/testing';
import type { Document } from 'mongodb';
import { expect, it } from 'vitest';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

/** `PLINTH_HEAVY=1` stores a million rows and prints their sizes. */
const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const rowCount = isHeavy ? 1_000_000 : 20_000;
const extrapolatedRows = 100_000_000;
const batchSize = 5000;
const tenantCount = 1000;
const actorsPerTenant = 20;

const datastore = useDatastore();
const clock = { now: () => new Date() };
const ids = createIds(clock);

/** Commits one write set of usual size, and returns its journal row and its key as they are stored. */
const commitOne = async () => {
  const store = datastore.current.open({ name: 'sizes', collections: { notes } }, { clock, ids });
  await store.prepare();
  const ctx = createContext();
  const body = JSON.stringify({ ...createNote(), id: createId(), note: 'x'.repeat(150) });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    etag: '"1"',
    location: `/v1/notes/${createId()}`,
  };
  await store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(createNote()), {
    operation: 'createNote',
    idempotency: {
      key: `${ctx.actor.id} createNote ${createId()}`,
      fingerprint: 'f'.repeat(43),
      toResponse: () => ({ status: 201, headers, body }),
    },
  });
  const [row] = await datastore.current.raw('sizes', 'journal').all();
  const [key] = await datastore.current.raw('sizes', 'idempotencyKeys').all();
  return { row, key };
};

/** Returns the bytes per row: of the documents, of their compressed storage, and of each index. */
const measure = async (name: string) => {
  const collection = datastore.current.client.db(`${datastore.current.databasePrefix}sizes`).collection(name);
  const [stats] = await collection.aggregate([{ $collStats: { storageStats: {} } }]).toArray();
  const { count, avgObjSize, storageSize, indexSizes } = (stats as Document)['storageStats'];
  const indexBytes = Object.entries(indexSizes as Record<string, number>).map(([index, size]) => [index, size / count]);
  return {
    rows: count as number,
    document: avgObjSize as number,
    stored: (storageSize as number) / count,
    indexes: Object.fromEntries(indexBytes) as Record<string, number>,
  };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const describeSizes = (name: string, { rows, document, stored, indexes }: Awaited<ReturnType<typeof measure>>) => {
  const toGib = (bytes: number) => `${((bytes * extrapolatedRows) / 2 ** 30).toFixed(1)} GiB`;
  const lines = [
    `  document ${document} bytes, stored ${stored.toFixed(0)}: ${toGib(stored)} at ${extrapolatedRows} rows`,
    ...Object.entries(indexes).map(([index, bytes]) => `  index ${index} ${bytes.toFixed(1)} bytes: ${toGib(bytes)}`),
    `  all indexes ${toGib(sum(Object.values(indexes)))}`,
  ];
  return [`${name}, measured with ${rows} rows, per row:`, ...lines].join('\n');
};

it('stores less than 60 bytes per journal row in each index, and less than 250 per key in all of them', async () => {
  const { row, key } = await commitOne();
  const { client, databasePrefix } = datastore.current;
  const db = client.db(`${databasePrefix}sizes`);
  const tenants = Array.from({ length: tenantCount }, () => ({
    tenantId: createId(),
    actors: Array.from({ length: actorsPerTenant }, createId),
  }));
  for (let first = 1; first < rowCount; first += batchSize) {
    const rows: Document[] = [];
    const keys: Document[] = [];
    for (let index = first; index < Math.min(first + batchSize, rowCount); index += 1) {
      const { tenantId, actors } = tenants[(index * 7919) % tenantCount] as (typeof tenants)[number];
      const sentKey = `${actors[index % actorsPerTenant]} createNote ${crypto.randomUUID()}`;
      rows.push({ ...row, _id: ids.next(), tenantId, at: new Date(Date.now() + index), key: sentKey });
      const expiresAt = new Date(Date.now() + 86_400_000 + index);
      keys.push({ ...key, _id: `${tenantId} ${sentKey}`, tenantId, expiresAt });
    }
    const options = { ordered: false, writeConcern: { w: 1 } };
    await Promise.all([
      db.collection('journal').insertMany(rows, options),
      db.collection('idempotencyKeys').insertMany(keys, options),
    ]);
  }
  await client.db('admin').command({ fsync: 1 });
  const [journal, idempotencyKeys] = await Promise.all([measure('journal'), measure('idempotencyKeys')]);
  expect([journal.rows, idempotencyKeys.rows]).toEqual([rowCount, rowCount]);
  expect(Object.keys(idempotencyKeys.indexes).toSorted()).toEqual(['_id_', 'expiry']);
  expect(Object.keys(journal.indexes).toSorted()).toEqual(['_id_', 'byEvent', 'byTenant', 'expired', 'inOrder']);
  for (const [index, bytes] of Object.entries(journal.indexes)) expect(bytes, index).toBeLessThan(60);
  expect(sum(Object.values(idempotencyKeys.indexes))).toBeLessThan(250);
  if (isHeavy)
    console.log(`${describeSizes('journal', journal)}\n${describeSizes('idempotencyKeys', idempotencyKeys)}`);
}, 600_000);
