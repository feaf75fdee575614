import { aContext, anId, createIds, createManualClock } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { aNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = createManualClock();
const stored = () => ({
  _id: anId(),
  tenantId: anId(),
  version: 1,
  createdAt: new Date(),
  updatedAt: new Date(),
  ...aNote(),
});

beforeAll(() =>
  datastore.current.open({ name: 'law', collections: { notes } }, { clock, ids: createIds(clock) }).prepare(),
);

describe('the validator in the database', () => {
  it.each([
    ['whole', {}],
    ['with every optional field', { score: 1.5, due: new Date(), tags: ['a', 'b'] }],
    ['with a whole number beyond 32 bits', { words: 2 ** 40 }],
    ['with a number that happens to be whole', { score: 3 }],
  ])('takes a document %s', async (_, overrides) => {
    await datastore.current.raw('law', 'notes').insert({ ...stored(), ...overrides });
  });

  it.each([
    ['a tenant', { tenantId: undefined }],
    ['a version', { version: 0 }],
    ['a lower-case id', { _id: anId().toUpperCase() }],
    ['a real tenant id', { tenantId: 'acme' }],
    ['a known kind', { kind: 'other' }],
    ['a whole number', { words: 1.5 }],
    ['a number', { words: '1' }],
    ['a date', { createdAt: new Date().toISOString() }],
    ['a text of legal length', { title: 'x'.repeat(101) }],
    ['a text of legal form', { slug: 'Not A Slug' }],
    ['a list of legal length', { tags: ['a', 'b', 'c', 'd'] }],
    ['legal items', { tags: [7] }],
    ['nothing else', { stowaway: 1 }],
  ])('refuses one that lacks %s, also through the raw driver', async (_, overrides) => {
    const document = Object.fromEntries(
      Object.entries({ ...stored(), ...overrides }).filter(([, value]) => value !== undefined),
    );
    await expect(datastore.current.raw('law', 'notes').insert(document)).rejects.toMatchObject({ code: 121 });
  });
});

describe('unique indexes', () => {
  it('span no tenants, and hold within one, also through the raw driver', async () => {
    const note = stored();
    const raw = datastore.current.raw('law', 'notes');
    await raw.insert(note);
    await raw.insert({ ...note, _id: anId(), tenantId: anId() });
    await expect(raw.insert({ ...note, _id: anId() })).rejects.toMatchObject({ code: 11_000 });
  });

  it('and all others begin with the tenant', async () => {
    expect((await datastore.current.raw('law', 'notes').indexNames()).sort()).toEqual([
      '_id_',
      'byAge',
      'byKind',
      'bySlug',
      'byWords',
    ]);
    const indexes = await datastore.current.client
      .db(`${datastore.current.databasePrefix}law`)
      .collection('notes')
      .indexes();
    for (const { name, key } of indexes) if (name !== '_id_') expect(Object.keys(key)[0]).toBe('tenantId');
  });
});

describe('preparing', () => {
  it('race: may be done by several at once', async () => {
    const stores = Array.from({ length: 5 }, () =>
      datastore.current.open({ name: 'raced', collections: { notes } }, { clock, ids: createIds(clock) }),
    );
    await Promise.all(stores.map((store) => store.prepare()));
    expect(await datastore.current.raw('raced', 'notes').indexNames()).toHaveLength(5);
  });

  it('brings a changed validator to a collection that exists', async () => {
    const open = (collections: object) =>
      datastore.current.open({ name: 'changed', collections }, { clock, ids: createIds(clock) });
    const loose = { ...notes, schema: notes.schema };
    await open({ notes: loose }).prepare();
    const { z } = await import('zod');
    await open({ notes: { ...notes, schema: z.object({ _id: z.string(), only: z.string() }) } }).prepare();
    await expect(datastore.current.raw('changed', 'notes').insert(stored())).rejects.toMatchObject({ code: 121 });
  });

  it('refuses to go on with an index that differs from its definition, and says what to do', async () => {
    const open = (collections: object) =>
      datastore.current.open({ name: 'drifted', collections }, { clock, ids: createIds(clock) });
    await open({ notes }).prepare();
    const drifted = { ...notes, indexes: { ...notes.indexes, byAge: { fields: ['words', 'createdAt', '_id'] } } };
    await expect(open({ notes: drifted }).prepare()).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringContaining('Run npm run db -- repair --drop-indexes or rename the defined index'),
    });
  });

  it('is needed once: the context’s writes are under the law from then on', async () => {
    const store = datastore.current.open({ name: 'law', collections: { notes } }, { clock, ids: createIds(clock) });
    const ctx = aContext();
    const add = async () => void store.collections.notes.for(ctx).insert(aNote({ slug: 'Not A Slug' }));
    const writing = store.unitOfWork.run(ctx, add, { operation: 'add' });
    await expect(writing).rejects.toMatchObject({ name: 'ValidatorViolation' });
  });
});
