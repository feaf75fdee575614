import { defineMigration } from '@plinth/data-kit';
import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { addState, after, before, migrations } from './migrations-cards.ts';
import { useFixture, withOldCards } from './migrations-fixture.ts';

const fixture = useFixture();

/** The operations of the first version on its cards, each in a unit of work. */
const useOldCode = async () => {
  const { store } = fixture.process(before);
  const ctx = createContext();
  const run = <T>(work: () => T) => store.unitOfWork.run(ctx, async () => work(), { operation: 'before' });
  const scoped = store.collections.cards.for(ctx);
  const kept = await run(() => scoped.insert({ title: 'kept', mood: 'new' }));
  const removed = await run(() => scoped.insert({ title: 'removed', mood: 'new' }));
  const renamed = await run(() => scoped.update(kept, { $set: { title: 'renamed', mood: 'busy' } }));
  await run(() => scoped.remove(removed));
  expect(await scoped.get(kept._id)).toMatchObject({ title: 'renamed', mood: 'busy', version: 2 });
  expect((await scoped.list({ where: {}, sort: 'title', limit: 10 })).items).toEqual([renamed]);
  expect((await scoped.list({ where: {}, sort: 'mood', limit: 10 })).items).toEqual([renamed]);
  return renamed;
};

const storedOptions = async () => fixture.db().listCollections({ name: 'cards' }).toArray();

describe('old code', () => {
  it('works on the expanded schema, even with backfilled documents', async () => {
    const { old } = await withOldCards(fixture, 3, 1);
    await fixture.process(after).prepare();
    await useOldCode();
    const { store } = fixture.process(before);
    const ctx = createContext({ tenantId: String(old[0]?.tenantId) });
    const scoped = store.collections.cards.for(ctx);
    const filled = await scoped.get(String(old[0]?._id));
    await store.unitOfWork.run(ctx, async () => scoped.update(filled, { $set: { mood: 'busy' } }), { operation: 'a' });
    expect(await scoped.get(filled._id)).toMatchObject({ mood: 'busy', state: 'open', version: 3 });
  });

  it('does not tighten the validator when it restarts, and keeps working', async () => {
    await withOldCards(fixture, 1);
    await fixture.process(after).prepare();
    const expanded = await storedOptions();
    const restarted = fixture.process(before);
    await restarted.prepare();
    expect(restarted.entries).toEqual([
      { event: 'database-newer', fields: { database: fixture.db().databaseName, migration: '0001-state' } },
    ]);
    expect(await storedOptions()).toEqual(expanded);
    await useOldCode();
    await useNewCode();
  });

  it('starts while newer code runs a long backfill, without waiting for it', async () => {
    await withOldCards(fixture, 1);
    await fixture.process(after).prepare();
    await fixture.records().updateOne({ _id: 'lease' }, { $set: { expiresAt: new Date(Date.now() + 60_000) } });
    await fixture.process(before, { waitMs: 0 }).prepare();
    await useOldCode();
  });

  it('is refused by the validator after the contract phase', async () => {
    await withOldCards(fixture, 1);
    await fixture.process(after).prepare();
    const card = await useOldCode();
    await fixture.process(after).migrate({ contract: true });
    await expect(useOldCode()).rejects.toMatchObject({ name: 'ValidatorViolation' });
    // The documents that it wrote before have the fields of the new code.
    const { mood: _, ...rest } = card;
    expect(await fixture.cards().findOne({ _id: card._id })).toEqual({
      ...rest,
      state: 'open',
      version: 3,
      updatedAt: expect.any(Date),
    });
    await useNewCode();
  });

  it('cannot migrate, dry-run or check a database that newer code has migrated', async () => {
    await fixture.process(after).prepare();
    const old = fixture.process({ ...after, migrations: migrations.slice(0, 2) });
    const message = `The database '${fixture.db().databaseName}' has been migrated by newer code, which has '0003-tally'. Use that code.`;
    await expect(old.migrate({ contract: false })).rejects.toThrow(message);
    expect(await old.dryRun({ contract: false })).toEqual([message]);
    expect(await old.drift()).toEqual([message]);
    expect((await old.status()).map(({ name, known }) => [name, known])).toEqual([
      ['0001-state', true],
      ['0002-fill-state', true],
      ['0003-tally', false],
      ['0004-require-state', false],
    ]);
  });

  it('does not start on a database that code of another branch has migrated, when neither is newer', async () => {
    await fixture.process(after).prepare();
    const other = defineMigration({ name: '0002-other', phase: 'expand', collection: 'cards' });
    await expect(fixture.process({ ...after, migrations: [addState, other] }).prepare()).rejects.toThrow(
      "has the migration '0002-fill-state', which this code lacks, and lacks '0002-other', which this code has. Merge the two branches",
    );
  });
});

/** The operations of the second version, on documents with a state. */
const useNewCode = async () => {
  const { store } = fixture.process(after);
  const ctx = createContext();
  const scoped = store.collections.cards.for(ctx);
  const write = <T>(work: () => T) => store.unitOfWork.run(ctx, async () => work(), { operation: 'after' });
  const card = await write(() => scoped.insert({ title: 'new', state: 'open' }));
  const closed = await write(() => scoped.update(card, { $set: { state: 'closed' } }));
  expect((await scoped.list({ where: { state: 'closed' }, sort: '-createdAt', limit: 10 })).items).toEqual([closed]);
};

describe('new code', () => {
  it('works on the expanded schema, which validates the types of its fields', async () => {
    await withOldCards(fixture, 1);
    await fixture.process(after).prepare();
    await useNewCode();
    await expect(fixture.cards().updateOne({}, { $set: { state: 'unknown' } })).rejects.toMatchObject({ code: 121 });
  });
});
