import { defineMigration } from '@plinth/data-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { after, before, cards } from './migrations-cards.ts';
import { useFixture, withOldCards } from './migrations-fixture.ts';

const stage = useFixture();

const sentences = (...list: readonly string[]) => list.map((text) => text.replaceAll('@', stage.db().databaseName));

describe('drift', () => {
  it('is empty after a start, at every point of the migrations', async () => {
    await stage.process(before).prepare();
    expect(await stage.process(before).drift()).toEqual([]);
    await withOldCards(stage, 2);
    const process = stage.process(after);
    await process.prepare();
    expect(await process.drift()).toEqual([]);
    await process.migrate({ contract: true });
    expect(await process.drift()).toEqual([]);
  });

  it('lists each missing, changed or superfluous collection, validator and index, and repair corrects all', async () => {
    const process = stage.process(after);
    await process.prepare();
    const db = stage.db();
    await db.dropCollection('tallies');
    await db.command({ collMod: 'cards', validator: {} });
    await stage.cards().dropIndexes(['byTitle', 'byState'] as never);
    await stage.cards().createIndex({ tenantId: 1, createdAt: 1, state: 1, _id: 1 }, { name: 'byState' });
    await stage.cards().createIndex({ tenantId: 1, mood: 1 }, { name: 'byHand' });
    await db.collection('journal').dropIndex('byTime');
    expect(await process.drift()).toEqual(
      sentences(
        "The validator of '@.cards' differs from its definition.",
        "The index '@.cards.byTitle' is defined and not stored.",
        "The index '@.cards.byState' differs from its definition.",
        "The index '@.cards.byHand' is stored and not defined.",
        "The collection '@.tallies' does not exist.",
        "The index '@.journal.byTime' is defined and not stored.",
      ),
    );
    expect(await process.repair()).toEqual(
      sentences(
        "Set the validator of '@.cards'.",
        "Created the index '@.cards.byTitle'.",
        "Dropped the index '@.cards.byState' and created it as defined.",
        "Dropped the index '@.cards.byHand'.",
        "Created the collection '@.tallies'.",
        "Created the index '@.journal.byTime'.",
      ),
    );
    expect(await process.drift()).toEqual([]);
    expect(await process.repair()).toEqual([]);
  });

  it('is corrected by migrating, except for superfluous indexes', async () => {
    const process = stage.process(after);
    await process.prepare();
    await stage.db().dropCollection('tallies');
    await stage.db().command({ collMod: 'cards', validationLevel: 'moderate' });
    await stage.cards().createIndex({ tenantId: 1, mood: 1 }, { name: 'byHand' });
    await process.migrate({ contract: false });
    expect(await process.drift()).toEqual(sentences("The index '@.cards.byHand' is stored and not defined."));
  });

  it('leaves out an index that a contract phase will drop', async () => {
    await withOldCards(stage, 1);
    const process = stage.process(after);
    await process.prepare();
    expect(await stage.indexNames()).toContain('byMood');
    expect(await process.drift()).toEqual([]);
  });
});

describe('preparing', () => {
  it('waits for an index build longer than the socket timeout', async () => {
    await withOldCards(stage, 5);
    const process = stage.process(after, { socketTimeoutMS: 300 });
    let sent = 0;
    process.client.on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'createIndexes' && command['createIndexes'] === 'cards') sent += 1;
    });
    const building = (mode: string) =>
      stage.db().admin().command({ configureFailPoint: 'hangAfterStartingIndexBuild', mode });
    onTestFinished(() => void building('off'));
    await building('alwaysOn');
    const preparing = process.prepare();
    await expect.poll(() => sent, { timeout: 10_000 }).toBeGreaterThan(1);
    await building('off');
    await preparing;
    expect(await process.drift()).toEqual([]);
  });

  it('drops an index, also one that is missing already', async () => {
    await withOldCards(stage, 1);
    const process = stage.process(after);
    await process.prepare();
    await stage.cards().dropIndex('byMood');
    await process.migrate({ contract: true });
    expect(await process.drift()).toEqual([]);
  });

  it.each(['journal', 'migrations'])('refuses a collection with the reserved name %s', (name) => {
    expect(() => stage.process({ name: 'deck', collections: { cards: { ...cards, name } } })).toThrow(
      `has the reserved name '${name}'. Rename it.`,
    );
  });

  it('applies a changed schema without a migration', async () => {
    await stage.process(before).prepare();
    const other = defineMigration({ name: '0001-other', phase: 'expand', collection: 'cards' });
    const process = stage.process({ ...after, migrations: [other] });
    await process.prepare();
    expect((await process.status()).map(({ state }) => state)).toEqual(['done']);
    expect(await process.drift()).toEqual(sentences("The index '@.cards.byMood' is stored and not defined."));
  });
});
