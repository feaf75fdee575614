import { commonErrors } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createThing, ThingDocument, things } from '../../test/things.ts';
import type { StoredCollection } from './collection.ts';
import { defineCollection } from './define-collection.ts';
import type { Change, Draft } from './entity.ts';
import { manageCollection } from './manage-collection.ts';

const lowerCase = { schema: z.string(), toKey: (text: string) => text.toLowerCase() };

const softThings = defineCollection('things', ThingDocument, {
  tenancy: 'tenant',
  softDelete: true,
  compareBy: { name: lowerCase, group: lowerCase, note: lowerCase },
  indexes: {
    byName: { fields: ['name'], unique: 'name-taken' },
    byNote: { fields: ['rank', 'note'], unique: 'note-taken' },
    byGroup: { fields: ['group', '_id'] },
  },
});

const now = new Date(7000);
const refused = commonErrors.conflict();

/** A managed collection over one that holds `documents` and records the calls that reach it. */
const createManaged = (definition: typeof softThings | typeof things, ...documents: ThingDocument[]) => {
  const calls: unknown[][] = [];
  const record =
    <T>(operation: string, result: T) =>
    (...args: unknown[]): T => {
      calls.push([operation, ...args]);
      return result;
    };
  const [first = createThing()] = documents;
  const stored = {
    get: async (id: string) => documents.find(({ _id }) => _id === id) ?? Promise.reject(commonErrors.notFound()),
    getMany: async () => documents,
    find: record('find', Promise.resolve(first)),
    list: record('list', Promise.resolve({ items: documents, nextCursor: null })),
    insert: record('insert', first),
    update: record('update', first),
    updateWhere: record('updateWhere', undefined),
    remove: record('remove', undefined),
  } as unknown as StoredCollection<ThingDocument>;
  return { collection: manageCollection(stored, { definition, clock: { now: () => now }, incoming: [] }), calls };
};

const createSoftThing = (overrides: object = {}): ThingDocument =>
  createThing({ nameKey: 'lamp', groupKey: 'light', deleted: false, ...overrides } as Partial<ThingDocument>);

const createRemovedThing = (overrides: object = {}): ThingDocument =>
  createSoftThing({
    nameKey: 'removed:x',
    noteKey: 'removed:x',
    deleted: true,
    deletedAt: new Date(6000),
    ...overrides,
  });

const draft: Draft<ThingDocument> = { name: 'Lamp', group: 'Light', rank: 1, active: true, due: now, tags: [] };

describe('a managed collection', () => {
  it('filters and sorts by comparison keys, and finds no removed document', async () => {
    const { collection, calls } = createManaged(softThings, createSoftThing());
    await collection.find({ name: 'LAMP', rank: 1 });
    await collection.list({ where: { group: 'Light' }, sort: '-name', limit: 5, cursor: 'c' });
    collection.updateWhere({ name: 'Lamp' }, { $inc: { rank: 1 } }, refused);
    expect(calls).toEqual([
      ['find', { nameKey: 'lamp', rank: 1, deleted: false }],
      ['list', { where: { groupKey: 'light', deleted: false }, sort: '-nameKey', limit: 5, cursor: 'c' }, undefined],
      ['updateWhere', { nameKey: 'lamp', deleted: false }, { $inc: { rank: 1 } }, refused],
    ]);
  });

  it('lists through the mapper it is called with', async () => {
    const { collection, calls } = createManaged(things);
    const toName = ({ name }: ThingDocument) => name;
    await collection.list({ where: {}, sort: 'createdAt', limit: 1 }, toName as never);
    expect(calls[0]?.[2]).toBe(toName);
  });

  it('writes the comparison keys of drafts and changes', () => {
    const { collection, calls } = createManaged(softThings);
    const document = createSoftThing();
    collection.insert(draft);
    collection.update(document, { $set: { name: 'Desk' }, $unset: { note: true } }, refused);
    expect(calls).toEqual([
      ['insert', { ...draft, nameKey: 'lamp', groupKey: 'light', deleted: false }, undefined],
      ['update', document, { $set: { name: 'Desk', nameKey: 'desk' }, $unset: { note: true, noteKey: true } }, refused],
    ]);
  });

  it.each(['nameKey', 'deleted', 'deletedAt'])('refuses %s in a filter, a draft and a change', async (field) => {
    const { collection, calls } = createManaged(softThings);
    const forged = { [field]: 'x' } as never;
    const refusal = `things: '${field}' is written by the collection itself and is never set or filtered.`;
    const change: Change<ThingDocument> = { $set: forged };
    expect(() => collection.find(forged)).toThrow(refusal);
    expect(() => collection.list({ where: forged, sort: 'createdAt', limit: 1 })).toThrow(refusal);
    expect(() => collection.insert({ ...draft, ...(forged as object) })).toThrow(refusal);
    expect(() => collection.update(createSoftThing(), change)).toThrow(refusal);
    expect(() => collection.updateWhere({}, change, refused)).toThrow(refusal);
    expect(calls).toEqual([]);
  });
});

describe('get', () => {
  const document = createSoftThing();

  it('returns the document when its version is one of the expected, or none is expected', async () => {
    const { collection } = createManaged(softThings, document);
    expect(await collection.get(document._id)).toBe(document);
    expect(await collection.get(document._id, { version: [1, 3] })).toBe(document);
  });

  it.each([{ version: [2, 4] }, { version: [] }])(
    'throws stale-version for %j when the version is 3',
    async (expected) => {
      const { collection } = createManaged(softThings, document);
      await expect(collection.get(document._id, expected)).rejects.toMatchObject({ code: 'stale-version' });
    },
  );

  it('throws not-found for a removed document, whatever version is expected', async () => {
    const { collection } = createManaged(softThings, createRemovedThing());
    await expect(collection.get(document._id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(collection.get(document._id, { version: [2] })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('soft deletion', () => {
  it('getMany leaves out removed documents', async () => {
    const present = createSoftThing();
    const { collection } = createManaged(softThings, createRemovedThing(), present);
    expect(await collection.getMany([])).toEqual([present]);
  });

  it('remove marks the document and frees the keys of its unique indexes only', () => {
    const { collection, calls } = createManaged(softThings);
    const document = createSoftThing();
    const freed = `removed:${document._id}`;
    collection.remove(document);
    expect(calls).toEqual([
      ['update', document, { $set: { deleted: true, deletedAt: now, nameKey: freed, noteKey: freed } }, undefined],
    ]);
  });

  it('remove passes on the error of its caller', () => {
    const { collection, calls } = createManaged(softThings);
    collection.remove(createSoftThing(), refused);
    expect(calls[0]?.[3]).toBe(refused);
  });

  it('getRemoved returns a removed document, and throws the error of its caller for one that is present', async () => {
    const removed = createRemovedThing();
    expect(await createManaged(softThings, removed).collection.getRemoved(removed._id, refused)).toBe(removed);
    const { collection } = createManaged(softThings, createSoftThing());
    await expect(collection.getRemoved(removed._id, refused)).rejects.toBe(refused);
    await expect(createManaged(softThings).collection.getRemoved('x', refused)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('restore writes the keys again', () => {
    const { collection, calls } = createManaged(softThings);
    const document = createRemovedThing({ note: 'Old' });
    collection.restore(document, refused);
    expect(calls).toEqual([
      [
        'update',
        document,
        { $set: { deleted: false, nameKey: 'lamp', noteKey: 'old' }, $unset: { deletedAt: true } },
        refused,
      ],
    ]);
  });

  it('restore unsets the freed key of a field that has no value', () => {
    const { collection, calls } = createManaged(softThings);
    collection.restore(createRemovedThing());
    expect(calls[0]?.[2]).toEqual({
      $set: { deleted: false, nameKey: 'lamp' },
      $unset: { deletedAt: true, noteKey: true },
    });
  });

  it('refuses to change or to remove a removed document', () => {
    const { collection, calls } = createManaged(softThings);
    const refusal = 'things: the document is removed. Restore it before it is changed.';
    expect(() => collection.update(createRemovedThing(), { $set: { rank: 2 } })).toThrow(refusal);
    expect(() => collection.remove(createRemovedThing())).toThrow(refusal);
    expect(calls).toEqual([]);
  });
});

describe('hard deletion', () => {
  it('removes the document itself', () => {
    const { collection, calls } = createManaged(things);
    const document = createThing();
    collection.remove(document, refused);
    expect(calls).toEqual([['remove', document, refused]]);
  });

  it('treats a field named like the marker as any other field', async () => {
    const document = createThing({ deleted: true } as object);
    const { collection, calls } = createManaged(things, document);
    expect(await collection.get(document._id)).toBe(document);
    expect(await collection.getMany([])).toEqual([document]);
    collection.update(document, { $set: { rank: 2 } });
    expect(calls).toEqual([['update', document, { $set: { rank: 2 } }, undefined]]);
  });

  it('refuses to read and to restore removed documents', () => {
    const { collection } = createManaged(things);
    const refusal = 'things: only a collection with softDelete keeps removed documents. Add it to its definition.';
    expect(() => collection.restore(createThing())).toThrow(refusal);
    expect(() => collection.getRemoved('x', refused)).toThrow(refusal);
  });
});
