import { defineCollection, Entity } from '@plinth/data-kit';
import { createContext, createId } from '@plinth/testing';
import { type CreateIndexesOptions, type IndexDirection, MongoServerError } from 'mongodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createOldCard, useFixture } from './migrations-fixture.ts';

const fixture = useFixture();

type Key = Readonly<Record<string, IndexDirection>>;

const indexes = { byTitle: { fields: ['title'], unique: 'title-taken' } } as const;
const cards = defineCollection('cards', Entity.extend({ title: z.string() }), { tenancy: 'tenant', indexes });
const module = { name: 'deck', collections: { cards } };

const byTitle: Key = { tenantId: 1, title: 1 };

const tenantId = createId();
const createCard = (title: string) => createOldCard({ tenantId, title, mood: undefined });
const toTitle = (index: number) => `Card ${index}`;

/** Creates a database whose index of titles differs from the definition. */
const withIndex = async (key: Key, options: CreateIndexesOptions) => {
  const process = fixture.process(module);
  await process.prepare();
  await fixture.cards().dropIndex('byTitle');
  await fixture.cards().createIndex(key, { name: 'byTitle', unique: true, ...options });
  return process;
};

const forms: [string, Key, CreateIndexesOptions][] = [
  ['has a different order', { title: 1, tenantId: 1 }, {}],
  ['has a different direction', { tenantId: 1, title: -1 }, {}],
  ['has a different option', byTitle, { sparse: true }],
  ['has a different name', byTitle, { name: 'titleUnique' }],
  ['has a different name and order', { title: 1, tenantId: 1 }, { name: 'titleUnique' }],
  ['is what a killed repair has left', { tenantId: 1, title: -1 }, { name: 'byTitle-trial' }],
  ['has the name that a repair uses', byTitle, { name: 'byTitle-trial' }],
];

describe('a unique index', () => {
  it.each(forms)('rejects every repeated value while it is repaired, when it %s', async (_, key, options) => {
    const process = await withIndex(key, options);
    const count = 2000;
    await fixture.cards().insertMany(Array.from({ length: count }, (_item, index) => createCard(toTitle(index))));
    let repairing = true;
    let rejected = 0;
    const insertRepeatedly = async (): Promise<void> => {
      while (repairing) {
        const failure: unknown = await fixture
          .cards()
          .insertOne(createCard(toTitle(rejected % count)))
          .catch((cause: unknown) => cause);
        expect(failure).toBeInstanceOf(MongoServerError);
        expect(failure).toMatchObject({ code: 11_000 });
        rejected += 1;
      }
    };
    const repair = process.repair({ dropIndexes: true }).finally(() => {
      repairing = false;
    });
    await Promise.all([repair, ...Array.from({ length: 6 }, insertRepeatedly)]);
    expect(rejected).toBeGreaterThan(10);
    expect(await fixture.cards().countDocuments()).toBe(count);
    expect(await fixture.cards().distinct('title')).toHaveLength(count);
    expect(await fixture.indexNames()).toEqual(new Set(['_id_', 'byTitle']));
    expect(await process.drift()).toEqual([]);
  });

  it.each(forms)('violation: has its error code when it %s', async (_, key, options) => {
    const { store } = await withIndex(key, options);
    const ctx = createContext({ tenantId });
    const insert = () =>
      store.unitOfWork.run(ctx, async () => store.collections.cards.for(ctx).insert({ title: 'twice' }), {
        operation: 'add',
      });
    await insert();
    await expect(insert()).rejects.toMatchObject({ name: 'UniqueViolation', code: 'title-taken' });
  });

  it('violation: of idempotency keys of the previous release is found by its fields', async () => {
    const process = fixture.process(module);
    await process.prepare();
    const journal = fixture.db().collection('journal');
    const partialFilterExpression = { key: { $exists: true } };
    await journal.createIndex({ key: 1, tenantId: 1 }, { name: 'keys', unique: true, partialFilterExpression });
    const { store } = process;
    const ctx = createContext({ tenantId });
    const key = createId();
    const insert = (title: string) =>
      store.unitOfWork.run(ctx, async () => store.collections.cards.for(ctx).insert({ title }), {
        operation: 'add',
        idempotency: { key, fingerprint: 'same', toResponse: () => ({ status: 201, headers: {}, body: '' }) },
      });
    await insert('first');
    await fixture.db().collection('idempotencyKeys').deleteMany({});
    await expect(insert('second')).rejects.toMatchObject({ name: 'IdempotencyKeyConflict' });
  });

  it('violation: stops the repair before anything is dropped', async () => {
    const process = await withIndex({ tenantId: 1, mood: 1 }, { unique: false });
    await fixture.cards().createIndex({ mood: 1 }, { name: 'byHand' });
    await fixture.cards().insertMany([createCard('twice'), createCard('twice')]);
    await expect(process.repair({ dropIndexes: true })).rejects.toThrow('documents have the same tenantId, title');
    expect(await fixture.indexNames()).toEqual(new Set(['_id_', 'byTitle', 'byHand']));
  });

  it('race: counts as dropped when another process has dropped it first', async () => {
    const process = await withIndex(byTitle, {});
    await fixture.cards().createIndex({ tenantId: 1, title: -1 }, { name: 'byTitle-trial', unique: true });
    const delayUpdates = (mode: string) =>
      fixture
        .db()
        .admin()
        .command({
          configureFailPoint: 'failCommand',
          mode,
          data: { failCommands: ['update'], blockConnection: true, blockTimeMS: 300 },
        });
    onTestFinished(() => void delayUpdates('off'));
    // The repair renews its lease between reading the indexes and dropping one.
    await delayUpdates('alwaysOn');
    let hasListed = false;
    const dropped = new Promise<void>((resolve) => {
      process.client.on('commandStarted', ({ commandName, command }) => {
        if (commandName === 'update' && hasListed) resolve();
        hasListed ||= commandName === 'listIndexes' && command['listIndexes'] === 'cards';
      });
    }).then(() => fixture.cards().dropIndex('byTitle-trial'));
    await process.repair({ dropIndexes: true });
    await dropped;
    expect(await process.drift()).toEqual([]);
  });
});

describe('drift', () => {
  it.each<[string, Key, CreateIndexesOptions]>([
    ['a collation', byTitle, { collation: { locale: 'en', strength: 2 } }],
    ['hidden', byTitle, { hidden: true }],
    ['sparse', byTitle, { sparse: true }],
    ['a partial filter', byTitle, { partialFilterExpression: { title: { $exists: true } } }],
    ['not unique', byTitle, { unique: false }],
    ['with an expiry', { createdAt: 1 }, { unique: false, expireAfterSeconds: 3600 }],
    ['a text index', { tenantId: 1, title: 'text' }, { unique: false }],
  ])('includes an index that is %s instead of as defined', async (_, key, options) => {
    const process = await withIndex(key, options);
    expect(await process.drift()).toEqual([
      `The index '${fixture.db().databaseName}.cards.byTitle' differs from its definition. Run npm run db -- repair --drop-indexes.`,
    ]);
    expect(await process.repair({ dropIndexes: true })).toMatchObject({ unrepaired: [] });
    expect(await process.drift()).toEqual([]);
  });

  it('includes another lifetime of journal rows', async () => {
    const process = fixture.process(module);
    await process.prepare();
    await fixture.db().command({ collMod: 'journal', index: { name: 'expired', expireAfterSeconds: 60 } });
    expect(await process.drift()).toEqual([expect.stringContaining(".journal.expired' differs from its definition.")]);
  });

  it('boundary: leaves out options that change nothing', async () => {
    const process = await withIndex(byTitle, { background: true, hidden: false, sparse: false });
    expect(await process.drift()).toEqual([]);
  });

  it('includes the default collation of a collection, which a repair leaves', async () => {
    await fixture.db().createCollection('cards', { collation: { locale: 'en', strength: 2 } });
    const process = fixture.process(module);
    await process.prepare();
    const sentences = [
      `The collection '${fixture.db().databaseName}.cards' has a default collation, which no command removes. Copy its documents to one without.`,
    ];
    expect(await process.drift()).toEqual(sentences);
    expect(await process.repair({ dropIndexes: true })).toEqual({ repaired: [], unrepaired: sentences });
    expect(await process.dryRun({ contract: false })).toEqual([]);
  });
});

describe('an index of words', () => {
  const searched = (search: readonly ('title' | 'text')[], softDelete = false) => ({
    name: 'deck',
    collections: {
      cards: defineCollection('cards', Entity.extend({ title: z.string(), text: z.string().optional() }), {
        tenancy: 'tenant',
        softDelete,
        search,
        indexes: {},
      }),
    },
  });

  it.each([false, true])('is stored as it is defined, with softDelete: %s', async (softDelete) => {
    const process = fixture.process(searched(['title', 'text'], softDelete));
    await process.prepare();
    await process.prepare();
    expect(await fixture.indexNames()).toContain('search');
    expect(await process.drift()).toEqual([]);
  });

  it('is replaced by a repair when other fields are searched', async () => {
    await fixture.process(searched(['title'])).prepare();
    const process = fixture.process(searched(['title', 'text']));
    expect(await process.drift()).toEqual([expect.stringContaining(".cards.search' differs from its definition.")]);
    await process.repair({ dropIndexes: true });
    expect(await process.drift()).toEqual([]);
  });
});
