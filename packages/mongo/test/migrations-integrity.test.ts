import { commonErrors } from '@plinth/contract-kit';
import { defineMigration, type Migration } from '@plinth/data-kit';
import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { addState, after, before, cards, fillState, requireState, tallies } from './migrations-cards.ts';
import { createOldCard, useFixture, withOldCards } from './migrations-fixture.ts';

const fixture = useFixture();
const withMigrations = (list: readonly Migration[]) => ({ ...after, migrations: list });

describe('race:', () => {
  it('a write of older code during a backfill is kept, and so is the backfilled field', async () => {
    const { old, tenantIds } = await withOldCards(fixture, 60, 1);
    const { store } = fixture.process(before);
    const ctx = createContext({ tenantId: String(tenantIds[0]), deadline: Date.now() + 20_000 });
    const scoped = store.collections.cards.for(ctx);
    const rename = async ({ _id, title }: (typeof old)[number]): Promise<void> => {
      const unitCtx = { ...ctx };
      const change = { $set: { title: `${title} renamed` } };
      const work = async () =>
        store.collections.cards.for(unitCtx).updateWhere({ _id }, change, commonErrors.notFound());
      await store.unitOfWork.run(unitCtx, work, { operation: 'rename' });
    };
    await Promise.all([fixture.process(after).prepare(), ...old.map(rename)]);
    const cards = await fixture.cards().find().sort({ _id: 1 }).toArray();
    expect(cards.map(({ title, state, version }) => ({ title, state, version }))).toEqual(
      old.map(({ title }) => ({ title: `${title} renamed`, state: 'open', version: 3 })),
    );
    expect(await scoped.getMany(old.map(({ _id }) => _id))).toHaveLength(60);
  });

  it('documents that new code inserts while a tenant is counted are counted, not refused', async () => {
    const { tenantIds } = await withOldCards(fixture, 2, 1);
    const tenantId = String(tenantIds[0]);
    let runs = 0;
    const insertFromNewCode = async (): Promise<void> => {
      const { _id, version, createdAt, updatedAt } = createOldCard();
      const tally = { _id, version, createdAt, updatedAt, tenantId, scope: 'tenant', open: 3 };
      await fixture.db().collection<{ _id: string }>('tallies').insertOne(tally);
      await fixture.cards().insertOne({ ...createOldCard({ tenantId }), state: 'open' });
    };
    const tally = defineMigration({
      name: '0003-tally',
      phase: 'backfill',
      collection: 'cards',
      forTenant: async ({ count, put }) => {
        const open = await count('cards', { state: 'open' });
        runs += 1;
        if (runs === 1) await insertFromNewCode();
        await put('tallies', { scope: 'tenant' }, { open });
      },
    });
    await fixture.process(withMigrations([addState, fillState, tally])).prepare();
    expect(runs).toBe(2);
    expect(await fixture.db().collection('tallies').find().toArray()).toMatchObject([
      { tenantId, open: 3, version: 1 },
    ]);
  });
});

describe('integrity:', () => {
  /** Returns the position of a record and the number of documents with a state. */
  const progress = async () => {
    const record = await fixture.record('0002-fill-state');
    const changed = await fixture.cards().countDocuments({ state: { $exists: true } });
    return { record, changed };
  };

  it('a document that violates the validator stops the migration, is named, and leaves the position unchanged', async () => {
    const { old } = await withOldCards(fixture, 25);
    const bad = old[14];
    await fixture.process({ ...after, migrations: [addState] }).prepare();
    await fixture
      .cards()
      .updateOne({ _id: String(bad?._id) }, { $set: { title: 7 } }, { bypassDocumentValidation: true });
    const process = fixture.process(after);
    await expect(process.prepare()).rejects.toMatchObject({
      name: 'StartupError',
      message: `The migration '0002-fill-state' stops at the document ${bad?._id} of 'cards'. The validator of its collection rejects the migrated document. Correct the document or the migration, then run \`npm run db -- migrate\` again.`,
    });
    expect(await progress()).toMatchObject({
      record: { state: 'failed', position: old[9]?._id, changed: 10 },
      changed: 10,
    });
    expect(await process.status()).toMatchObject([
      {},
      { state: 'failed', reason: expect.stringContaining(String(bad?._id)) },
      {},
      {},
    ]);
    await fixture.cards().updateOne({ _id: String(bad?._id) }, { $set: { title: 'good' } });
    await fixture.process(after).prepare();
    expect(await progress()).toMatchObject({ record: { state: 'done', position: '', changed: 25 }, changed: 25 });
    expect(await fixture.cards().countDocuments({ version: 2 })).toBe(25);
  });

  it('a change that violates a unique index is named without its values', async () => {
    const { old } = await withOldCards(fixture, 2, 1);
    const unique = {
      ...cards,
      indexes: { ...cards.indexes, oneOfTitle: { fields: ['title'], unique: 'title-taken' } },
    };
    const same = defineMigration({
      name: '0002-same',
      phase: 'backfill',
      collection: 'cards',
      needs: { missing: ['state'] },
      change: () => ({ state: 'open', title: 'secret title' }),
    });
    const process = fixture.process({ ...withMigrations([addState, same]), collections: { cards: unique, tallies } });
    const failure = await process.prepare().catch((error: Error) => error);
    expect(String(failure)).toContain(`stops at the document ${old[1]?._id} of 'cards'. A unique index rejects`);
    expect(String(failure)).not.toContain('secret title');
    expect((await progress()).changed).toBe(0);
  });

  it('a change after which the document still matches `needs` stops the migration', async () => {
    const { old } = await withOldCards(fixture, 2);
    const endless = defineMigration({
      name: '0002-endless',
      phase: 'backfill',
      collection: 'cards',
      needs: { where: { mood: 'new' } },
      change: () => ({ state: 'open' }),
    });
    await expect(fixture.process(withMigrations([addState, endless])).prepare()).rejects.toThrow(
      `The migration '0002-endless' stops at the document ${old[0]?._id} of 'cards'. The document still matches \`needs\` after the change.`,
    );
    expect((await progress()).changed).toBe(0);
  });

  it('a tenant with a violating document stops the migration and is named', async () => {
    const { tenantIds } = await withOldCards(fixture, 4, 2);
    const wrong = defineMigration({
      name: '0003-wrong',
      phase: 'backfill',
      collection: 'cards',
      forTenant: async ({ put }) => put('tallies', { scope: 'tenant' }, { open: 0.5 }),
    });
    await expect(fixture.process(withMigrations([addState, fillState, wrong])).prepare()).rejects.toThrow(
      `The migration '0003-wrong' stops at a document of the tenant ${tenantIds.toSorted()[0]}.`,
    );
    expect(await fixture.db().collection('tallies').countDocuments()).toBe(0);
  });

  it('an error of a migration is thrown unchanged, and the next start tries again', async () => {
    await withOldCards(fixture, 2);
    let isBroken = true;
    const failing = { ...fillState, change: () => (isBroken ? expect.fail('broken') : { state: 'open' }) };
    const process = fixture.process(withMigrations([addState, failing]));
    await expect(process.prepare()).rejects.toThrow('broken');
    isBroken = false;
    await process.prepare();
    expect((await progress()).changed).toBe(2);
  });

  it('documents that older code writes before the new validator is set are filled after it', async () => {
    await withOldCards(fixture, 3);
    const late = createOldCard();
    let isContract = false;
    const lateWrite = defineMigration({
      name: '0003-late-write',
      phase: 'backfill',
      collection: 'cards',
      forTenant: async () => {
        if (isContract) await fixture.cards().updateOne({ _id: late._id }, { $setOnInsert: late }, { upsert: true });
      },
    });
    const contract = { ...requireState, repeats: [fillState, lateWrite] };
    const process = fixture.process(withMigrations([addState, fillState, lateWrite, contract]));
    await process.prepare();
    isContract = true;
    await process.migrate({ contract: true });
    const { mood: _, updatedAt: __, ...kept } = late;
    expect(await fixture.cards().findOne({ _id: late._id })).toMatchObject({ ...kept, state: 'open', version: 2 });
    expect(await fixture.cards().countDocuments({ state: 'open', mood: { $exists: false } })).toBe(4);
  });

  it('a failed contract phase continues with the step that failed', async () => {
    await withOldCards(fixture, 12);
    let isBroken = false;
    const failing = defineMigration({
      name: '0003-failing',
      phase: 'backfill',
      collection: 'cards',
      forTenant: async () => void (isBroken && expect.fail('broken')),
    });
    const contract = { ...requireState, repeats: [fillState, failing] };
    const process = fixture.process(withMigrations([addState, fillState, failing, contract]));
    await process.prepare();
    isBroken = true;
    await expect(process.migrate({ contract: true })).rejects.toThrow('broken');
    expect(await fixture.record('0004-require-state')).toMatchObject({ state: 'failed', step: 1, position: '' });
    // The validator is not tightened before the contract phase has ended.
    await fixture.cards().insertOne(createOldCard());
    isBroken = false;
    await process.migrate({ contract: true });
    expect(await fixture.record('0004-require-state')).toMatchObject({ state: 'done' });
    expect(await fixture.cards().countDocuments({ state: 'open', mood: { $exists: false } })).toBe(13);
  });
});
