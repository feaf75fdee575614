import { defineMigration, type Migration } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { addState, after, fillState, migrations } from './migrations-cards.ts';
import { createOldCard, useFixture, withOldCards } from './migrations-fixture.ts';

const fixture = useFixture();
const withMigrations = (list: readonly Migration[]) => ({ ...after, migrations: list });

/** Counts the update commands to cards that a client sends while `work` runs. */
const countUpdates = async (
  { client }: ReturnType<typeof fixture.process>,
  work: () => Promise<unknown>,
): Promise<number> => {
  let count = 0;
  client.on('commandStarted', ({ commandName, command }) => {
    if (commandName === 'update' && command['update'] === 'cards') count += 1;
  });
  await work();
  return count;
};

describe('migrating', () => {
  it('runs expands and backfills in their order, and contracts only with the option', async () => {
    const { old, tenantIds } = await withOldCards(fixture, 25);
    const process = fixture.process(after);
    await process.prepare();
    const started = process.entries.filter(({ event }) => event === 'migration-started');
    expect(started.map(({ fields }) => fields['migration'])).toEqual(['0001-state', '0002-fill-state', '0003-tally']);
    expect(await fixture.cards().find().sort({ _id: 1 }).toArray()).toEqual(
      old.map((card) => ({ ...card, state: 'open', version: 2, updatedAt: expect.any(Date) })),
    );
    expect(await fixture.db().collection('tallies').countDocuments()).toBe(tenantIds.length);
    expect(await fixture.indexNames()).toEqual(new Set(['_id_', 'byMood', 'byState', 'byTitle']));
    await process.migrate({ contract: true });
    expect(await fixture.indexNames()).toEqual(new Set(['_id_', 'byState', 'byTitle']));
    expect(await fixture.cards().countDocuments({ mood: { $exists: true } })).toBe(0);
    await expect(fixture.cards().insertOne(createOldCard())).rejects.toMatchObject({ code: 121 });
    expect((await process.status()).map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('records every migration of an empty database as done, and applies the strict validator immediately', async () => {
    const process = fixture.process(after);
    await process.prepare();
    expect((await process.status()).map(({ state, changed }) => [state, changed])).toEqual(
      migrations.map(() => ['done', 0]),
    );
    expect(process.events()).toEqual([]);
    await expect(fixture.cards().insertOne(createOldCard())).rejects.toMatchObject({ code: 121 });
    expect(await process.drift()).toEqual([]);
  });

  it('starts with an expand that was added after the other migrations were done', async () => {
    await withOldCards(fixture, 3);
    await fixture.process(withMigrations([addState, fillState])).prepare();
    const process = fixture.process(after);
    await process.prepare();
    expect(process.entries.filter(({ event }) => event === 'migration-started')).toHaveLength(1);
    expect((await process.status()).map(({ state }) => state)).toEqual(['done', 'done', 'done', 'pending']);
  });

  it('keeps version and time when clients see no change, so that ETags stay valid', async () => {
    const { old } = await withOldCards(fixture, 5);
    await fixture.process(withMigrations([addState, { ...fillState, visible: false }])).prepare();
    expect(await fixture.cards().find().sort({ _id: 1 }).toArray()).toEqual(
      old.map((card) => ({ ...card, state: 'open' })),
    );
  });

  it('changes the documents that a filter matches, each by its own fields, and no others', async () => {
    await withOldCards(fixture, 4);
    await fixture.cards().updateMany({}, { $set: { mood: 'busy' } });
    const done = createOldCard({ mood: 'done' });
    await fixture.cards().insertOne(done);
    const finish = defineMigration({
      name: '0002-finish',
      phase: 'backfill',
      collection: 'cards',
      needs: { where: { mood: { $in: ['done', 'gone'] } } },
      change: ({ title }) => ({ state: 'closed', mood: `was ${String(title)}` }),
    });
    await fixture.process(withMigrations([addState, finish])).prepare();
    expect(await fixture.cards().find({ state: 'closed' }).toArray()).toEqual([
      { ...done, state: 'closed', mood: `was ${done.title}` },
    ]);
  });

  it('changes the documents with an outdated field, in batches, and no others', async () => {
    const { old } = await withOldCards(fixture, 25);
    const [first] = old as [(typeof old)[number]];
    const fill = defineMigration({
      name: '0002-fill-mood',
      phase: 'backfill',
      collection: 'cards',
      needs: { outdated: ['mood'] },
      change: ({ title }) => ({ mood: title === first.title ? 'done' : 'new' }),
      visible: true,
      batchSize: 10,
      perSecond: 1_000_000,
    });
    const process = fixture.process(withMigrations([addState, fill]));
    expect(await process.dryRun({ contract: false })).toContain(
      "0002-fill-mood (backfill) changes 1 documents, by a scan of 'cards'.",
    );
    await process.prepare();
    expect(await fixture.cards().find({ version: 2 }).toArray()).toMatchObject([{ _id: first._id, mood: 'done' }]);
    expect(await process.status()).toMatchObject([{}, { changed: 1 }]);
  });

  it('processes one tenant after the other, writes new or changed figures, and is safe to repeat', async () => {
    const { tenantIds } = await withOldCards(fixture, 15, 5);
    const process = fixture.process(after);
    await process.prepare();
    expect(await process.status()).toMatchObject([{}, {}, { name: '0003-tally', changed: 5 }, {}]);
    const read = () => fixture.db().collection('tallies').find().sort({ tenantId: 1 }).toArray();
    const counted = await read();
    expect(counted).toEqual(
      tenantIds
        .toSorted()
        .map((tenantId) => expect.objectContaining({ tenantId, scope: 'tenant', open: 3, version: 1 })),
    );
    await fixture
      .db()
      .collection('tallies')
      .updateOne({ tenantId: tenantIds[0] }, { $set: { open: 7 } });
    await process.migrate({ contract: true });
    expect(await read()).toEqual(
      counted.map((tally) =>
        tally['tenantId'] === tenantIds[0] ? { ...tally, version: 2, updatedAt: expect.any(Date) } : tally,
      ),
    );
  });

  it('keeps to its rate', async () => {
    await withOldCards(fixture, 15);
    const begunAt = performance.now();
    await fixture.process(withMigrations([addState, { ...fillState, batchSize: 5, perSecond: 50 }])).prepare();
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(295);
  });

  it.each([
    [0, 0],
    [10, 1],
    [11, 2],
    [20, 2],
  ])('boundary: %i documents in batches of ten are %i batches', async (count, batches) => {
    await withOldCards(fixture, count);
    const process = fixture.process(withMigrations([addState, fillState]));
    expect(await countUpdates(process, process.prepare)).toBe(batches);
    expect(await process.status()).toMatchObject([{ state: 'done' }, { state: 'done', changed: count }]);
    expect(await fixture.cards().countDocuments({ state: 'open', version: 2 })).toBe(count);
  });

  it('boundary: skips thousands of unaffected documents, and finds the others', async () => {
    const { tenantIds } = await withOldCards(fixture, 1);
    const cards = Array.from({ length: 10_001 }, () => createOldCard({ tenantId: tenantIds[0] }));
    await fixture.cards().insertMany(cards);
    const affected = [
      { mood: 'first', _id: cards.at(0)?._id },
      { mood: 'last', _id: cards.at(-1)?._id },
    ];
    for (const { mood, _id } of affected) await fixture.cards().updateOne({ _id: String(_id) }, { $set: { mood } });
    const seen = defineMigration({
      name: '0002-seen',
      phase: 'backfill',
      collection: 'cards',
      needs: { where: { mood: { $in: ['first', 'last'] } } },
      change: () => ({ mood: 'seen' }),
    });
    const process = fixture.process(withMigrations([addState, seen]));
    await process.prepare();
    expect(await process.status()).toMatchObject([{}, { changed: 2 }]);
    expect(await fixture.cards().countDocuments({ mood: 'seen' })).toBe(2);
  });
});

describe('a dry run', () => {
  it('describes each change, and changes nothing', async () => {
    await withOldCards(fixture, 12);
    const process = fixture.process(after);
    const stored = await fixture.everything();
    const { databaseName } = fixture.db();
    const sentences = await process.dryRun({ contract: true });
    expect(sentences).toEqual([
      `Changes the validator of '${databaseName}.cards'.`,
      `Creates the index '${databaseName}.cards.byState'.`,
      `Creates the collection '${databaseName}.tallies'.`,
      "0001-state (expand) relaxes the validator of 'cards'.",
      "0002-fill-state (backfill) changes 12 documents, by a scan of 'cards'.",
      "0003-tally (backfill) changes 3 documents, by a scan of 'cards'.",
      "0004-require-state (contract) repeats '0002-fill-state' and changes 12 documents, by a scan of 'cards'.",
      "0004-require-state (contract) repeats '0003-tally' and changes 3 documents, by a scan of 'cards'.",
      "0004-require-state (contract) removes mood and changes 12 documents, by a scan of 'cards'.",
      "0004-require-state (contract) requires state of 'cards'.",
      "0004-require-state (contract) drops the index 'byMood' of 'cards'.",
    ]);
    expect(await process.dryRun({ contract: false })).toEqual(sentences.slice(0, 6));
    expect(await fixture.everything()).toBe(stored);
  });

  it('of an empty database creates its collections and scans nothing', async () => {
    const process = fixture.process(after);
    expect(await process.dryRun({ contract: true })).toEqual([
      expect.stringMatching(/^Creates the collection '\w+\.cards'\.$/),
      expect.stringMatching(/^Creates the collection '\w+\.tallies'\.$/),
      expect.stringMatching(/^Creates the collection '\w+\.journal'\.$/),
      expect.stringMatching(/^Creates the collection '\w+\.idempotencyKeys'\.$/),
      expect.stringMatching(/^Creates the collection '\w+\.inbox'\.$/),
      expect.stringMatching(/^Creates the collection '\w+\.pauses'\.$/),
      expect.stringMatching(/^Creates the collection '\w+\.schedules'\.$/),
      expect.stringMatching(/^Creates the collection '\w+\.leases'\.$/),
    ]);
    expect(await fixture.db().listCollections().toArray()).toEqual([]);
  });

  it('of a database that is up to date is empty', async () => {
    const process = fixture.process(after);
    await process.prepare();
    expect(await process.dryRun({ contract: true })).toEqual([]);
  });
});
