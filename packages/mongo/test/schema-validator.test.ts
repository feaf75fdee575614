import { createContext, createId, createIds, createManualClock } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = createManualClock();
const stored = () => ({
  _id: createId(),
  tenantId: createId(),
  version: 1,
  createdAt: new Date(),
  updatedAt: new Date(),
  ...createNote(),
});

beforeAll(() =>
  datastore.current.open({ name: 'validated', collections: { notes } }, { clock, ids: createIds(clock) }).prepare(),
);

describe('the validator in the database', () => {
  it.each([
    ['without optional fields', {}],
    ['with every optional field', { score: 1.5, due: new Date(), tags: ['a', 'b'] }],
    ['with a whole number beyond 32 bits', { words: 2 ** 40 }],
    ['with a whole number in a field of numbers', { score: 3 }],
  ])('accepts a document %s', async (_, overrides) => {
    await datastore.current.raw('validated', 'notes').insert({ ...stored(), ...overrides });
  });

  it.each([
    ['no tenant', { tenantId: undefined }],
    ['the version 0', { version: 0 }],
    ['an upper-case id', { _id: createId().toUpperCase() }],
    ['an invalid tenant id', { tenantId: 'acme' }],
    ['an unknown kind', { kind: 'other' }],
    ['a fraction for a whole number', { words: 1.5 }],
    ['text for a number', { words: '1' }],
    ['text for a date', { createdAt: new Date().toISOString() }],
    ['too long a text', { title: 'x'.repeat(101) }],
    ['a text of the wrong form', { slug: 'Not A Slug' }],
    ['too long a list', { tags: ['a', 'b', 'c', 'd'] }],
    ['an invalid item of a list', { tags: [7] }],
    ['an unknown field', { unknown: 1 }],
  ])('rejects a document with %s, even through the raw driver', async (_, overrides) => {
    const document = Object.fromEntries(
      Object.entries({ ...stored(), ...overrides }).filter(([, value]) => value !== undefined),
    );
    await expect(datastore.current.raw('validated', 'notes').insert(document)).rejects.toMatchObject({ code: 121 });
  });
});

describe('unique indexes', () => {
  it('apply within a tenant, even through the raw driver', async () => {
    const note = stored();
    const raw = datastore.current.raw('validated', 'notes');
    await raw.insert(note);
    await raw.insert({ ...note, _id: createId(), tenantId: createId() });
    await expect(raw.insert({ ...note, _id: createId() })).rejects.toMatchObject({ code: 11_000 });
  });

  it('begin with the tenant, like all others', async () => {
    expect((await datastore.current.raw('validated', 'notes').indexNames()).sort()).toEqual([
      '_id_',
      'byAge',
      'byKind',
      'bySlug',
      'byTag',
      'byWords',
      'search',
    ]);
    const indexes = await datastore.current.client
      .db(`${datastore.current.databasePrefix}validated`)
      .collection('notes')
      .indexes();
    for (const { name, key } of indexes) if (name !== '_id_') expect(Object.keys(key)[0]).toBe('tenantId');
  });
});

describe('preparing', () => {
  it('race: is safe for several processes at the same time', async () => {
    const stores = Array.from({ length: 5 }, () =>
      datastore.current.open({ name: 'raced', collections: { notes } }, { clock, ids: createIds(clock) }),
    );
    await Promise.all(stores.map((store) => store.prepare()));
    expect(await datastore.current.raw('raced', 'notes').indexNames()).toHaveLength(7);
  });

  it('stops at an index that differs from its definition, and names the command', async () => {
    const open = (collections: object) =>
      datastore.current.open({ name: 'drifted', collections }, { clock, ids: createIds(clock) });
    await open({ notes }).prepare();
    const drifted = { ...notes, indexes: { ...notes.indexes, byAge: { fields: ['words', 'createdAt', '_id'] } } };
    await expect(open({ notes: drifted }).prepare()).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringContaining('Run npm run db -- repair --drop-indexes or rename the defined index'),
    });
  });

  it('is needed once: later writes are validated', async () => {
    const store = datastore.current.open(
      { name: 'validated', collections: { notes } },
      { clock, ids: createIds(clock) },
    );
    const ctx = createContext();
    const add = async () => void store.collections.notes.for(ctx).insert(createNote({ slug: 'Not A Slug' }));
    const writing = store.unitOfWork.run(ctx, add, { operation: 'add' });
    await expect(writing).rejects.toMatchObject({ name: 'ValidatorViolation' });
  });
});
