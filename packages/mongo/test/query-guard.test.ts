import { createContext, createId, createIds, createManualClock } from '@plinth/testing';
import type { Collection, Document } from 'mongodb';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = createManualClock();
const tenantId = createId();
let raw: Collection<Document>;

beforeAll(async () => {
  const store = datastore.current.open({ name: 'guarded', collections: { notes } }, { clock, ids: createIds(clock) });
  await store.prepare();
  const ctx = createContext({ tenantId });
  for (let index = 0; index < 30; index += 1) {
    await store.unitOfWork.run(ctx, async () => store.collections.notes.for(ctx).insert(createNote({ words: index })), {
      operation: 'add',
    });
  }
  raw = datastore.current.client.db(`${datastore.current.databasePrefix}guarded`).collection('notes');
  await raw.createIndex({ title: 1 }, { name: 'stray' });
  expect(await datastore.current.guard.check()).toEqual([]);
});

afterEach(() => datastore.current.guard.check());

const faults = () => datastore.current.guard.check();

describe('commands without a tenant', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['find', () => raw.findOne({ _id: createId() as never })],
    ['aggregate', () => raw.aggregate([{ $match: { kind: 'draft' } }]).toArray()],
    ['aggregate', () => raw.aggregate([]).toArray()],
    ['update', () => raw.updateOne({ _id: createId() as never }, { $set: { words: 1 } })],
    ['delete', () => raw.deleteOne({ _id: createId() as never })],
    ['distinct', () => raw.distinct('kind', {})],
    ['count', () => raw.count({ kind: 'draft' })],
    ['find', () => raw.findOne({ tenantId: '' })],
    ['find', () => raw.findOne({ $or: [{ tenantId: createId() }, { tenantId: createId() }] })],
    ['find', () => raw.findOne({ $or: [{ tenantId }, { kind: 'draft' }] })],
    ['findAndModify', () => raw.findOneAndDelete({ _id: createId() as never })],
    ['insert', () => raw.insertOne({}).catch(() => undefined)],
    ['find', () => raw.findOne({ _id: createId() as never, tenantId: { $ne: null } })],
  ])('include a %s', async (name, query) => {
    await query();
    expect(await faults()).toContain(`${name} on 'notes' was sent without a tenant.`);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['find', () => raw.findOne({ _id: createId() as never, tenantId })],
    [
      'find',
      () =>
        raw.findOne({
          $or: [
            { tenantId, kind: 'draft' },
            { tenantId, kind: 'final' },
          ],
        }),
    ],
    ['aggregate', () => raw.aggregate([{ $match: { tenantId, kind: 'draft' } }]).toArray()],
    ['update', () => raw.updateOne({ _id: createId() as never, tenantId }, { $set: { words: 1 } })],
    ['delete', () => raw.deleteOne({ _id: createId() as never, tenantId })],
    ['distinct', () => raw.distinct('kind', { tenantId })],
    ['count', () => raw.count({ tenantId, kind: 'draft' })],
    ['findAndModify', () => raw.findOneAndDelete({ _id: createId() as never, tenantId })],
    ['insert', () => raw.insertOne({ tenantId }).catch(() => undefined)],
  ])('do not include a %s with a tenant', async (_, query) => {
    await query();
    expect(await faults()).toEqual([]);
  });

  it('are allowed on collections without tenants', async () => {
    await datastore.current.client.db(`${datastore.current.databasePrefix}guarded`).collection('other').findOne({});
    expect(await faults()).toEqual([]);
  });
});

describe('the guard', () => {
  it('reports a query that no index serves', async () => {
    await raw.find({ tenantId, title: 'Note 1' }).hint({ $natural: 1 }).toArray();
    expect((await faults()).join()).toContain('reads the whole collection');
  });

  it('reports an aggregation with documents that no index selects', async () => {
    await raw.aggregate([{ $match: { tenantId, title: 'Note 1' } }, { $count: 'count' }], { hint: 'stray' }).toArray();
    await raw.aggregate([{ $match: { tenantId, tags: 'none' } }, { $count: 'count' }], { hint: 'byAge' }).toArray();
    const found = (await faults()).join();
    expect(found).toContain('uses the index stray, which does not begin with tenantId');
    expect(found).toContain('examined 30 documents to return 0');
  });

  it('reports a sort in memory', async () => {
    await raw.find({ tenantId, kind: 'draft' }).sort({ score: 1 }).toArray();
    expect((await faults()).join()).toContain('sorts in memory');
  });

  it('reports an index that does not begin with the tenant', async () => {
    await raw.find({ tenantId, title: 'Note 1' }).hint('stray').toArray();
    expect((await faults()).join()).toContain('uses the index stray, which does not begin with tenantId');
  });

  it('reports a query that examines many documents and returns few', async () => {
    await raw.find({ tenantId, tags: 'none' }).hint('byAge').toArray();
    expect((await faults()).join()).toContain('examined 30 documents to return 0');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an update', () => raw.updateOne({ tenantId, score: 5 }, { $set: { words: 1 } })],
    ['a deletion', () => raw.deleteOne({ tenantId, score: 5 })],
  ])('reports %s that examines many documents', async (_, write) => {
    await write();
    expect((await faults()).join()).toContain('examined 30 documents to return 0');
  });
});
