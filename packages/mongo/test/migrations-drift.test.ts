import { defineMigration } from '@plinth/data-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { after, before, cards } from './migrations-cards.ts';
import { useFixture, withOldCards } from './migrations-fixture.ts';

const stage = useFixture();

const sentences = (...list: readonly string[]) => list.map((text) => text.replaceAll('@', stage.db().databaseName));

describe('drift', () => {
  it('is none after a start, at every point of the migrations', async () => {
    await stage.process(before).prepare();
    expect(await stage.process(before).drift()).toEqual([]);
    await withOldCards(stage, 2);
    const process = stage.process(after);
    await process.prepare();
    expect(await process.drift()).toEqual([]);
    await process.migrate({ contract: true });
    expect(await process.drift()).toEqual([]);
  });

  it('is each collection, validator and index that is missing, other or one too many', async () => {
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
        "The validator of '@.cards' is not that of its definition: npm run db -- migrate sets it.",
        "The index '@.cards.byTitle' is defined and not stored: npm run db -- migrate makes it.",
        "The index '@.cards.byState' differs from its definition: drop the stored one, or rename the defined one.",
        "The index '@.cards.byHand' is stored and not defined: drop it, or define it.",
        "The collection '@.tallies' does not exist: npm run db -- migrate makes it.",
        "The index '@.journal.byTime' is defined and not stored: npm run db -- migrate makes it.",
      ),
    );
  });

  it('is repaired by migrating, but for what somebody has to decide', async () => {
    const process = stage.process(after);
    await process.prepare();
    await stage.db().dropCollection('tallies');
    await stage.db().command({ collMod: 'cards', validationLevel: 'moderate' });
    await stage.cards().createIndex({ tenantId: 1, mood: 1 }, { name: 'byHand' });
    await process.migrate({ contract: false });
    expect(await process.drift()).toEqual(
      sentences("The index '@.cards.byHand' is stored and not defined: drop it, or define it."),
    );
  });

  it('does not count an index that a contract is still to drop', async () => {
    await withOldCards(stage, 1);
    const process = stage.process(after);
    await process.prepare();
    expect(await stage.indexNames()).toContain('byMood');
    expect(await process.drift()).toEqual([]);
  });
});

describe('preparing', () => {
  it('waits for an index that takes longer to build than a socket may be silent', async () => {
    await withOldCards(stage, 5);
    const process = stage.process(after, { socketTimeoutMS: 300 });
    let asked = 0;
    process.client.on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'createIndexes' && command['createIndexes'] === 'cards') asked += 1;
    });
    const building = (mode: string) =>
      stage.db().admin().command({ configureFailPoint: 'hangAfterStartingIndexBuild', mode });
    onTestFinished(() => void building('off'));
    await building('alwaysOn');
    const preparing = process.prepare();
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(1);
    await building('off');
    await preparing;
    expect(await process.drift()).toEqual([]);
  });

  it('drops an index once, and does not mind that it is gone already', async () => {
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

  it('counts a change of the law as due, also without a migration', async () => {
    await stage.process(before).prepare();
    const other = defineMigration({ name: '0001-other', phase: 'expand', collection: 'cards' });
    const process = stage.process({ ...after, migrations: [other] });
    await process.prepare();
    expect((await process.status()).map(({ state }) => state)).toEqual(['done']);
    expect(await process.drift()).toEqual(
      sentences("The index '@.cards.byMood' is stored and not defined: drop it, or define it."),
    );
  });
});
