import { defineCollection, defineMigration, Entity } from '@plinth/data-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { after, before, cards } from './migrations-cards.ts';
import { createOldCard, useFixture, withOldCards } from './migrations-fixture.ts';

const fixture = useFixture();

const sentences = (...list: readonly string[]) => list.map((text) => text.replaceAll('@', fixture.db().databaseName));

const unique = {
  name: 'deck',
  collections: {
    cards: defineCollection('cards', Entity.extend({ title: z.string() }), {
      tenancy: 'tenant',
      indexes: { byTitle: { fields: ['title'], unique: 'title-taken' } },
    }),
  },
};

/** A database with one difference of each kind. */
const withDrift = async () => {
  const process = fixture.process(after);
  await process.prepare();
  const db = fixture.db();
  await db.dropCollection('tallies');
  await db.command({ collMod: 'cards', validator: {} });
  await fixture.cards().dropIndexes(['byTitle', 'byState'] as never);
  await fixture.cards().createIndex({ tenantId: 1, createdAt: 1, state: 1, _id: 1 }, { name: 'byState' });
  await fixture.cards().createIndex({ tenantId: 1, mood: 1 }, { name: 'byHand' });
  await db.collection('journal').dropIndex('expired');
  return process;
};

describe('drift', () => {
  it('is empty after a start, at every point of the migrations', async () => {
    await fixture.process(before).prepare();
    expect(await fixture.process(before).drift()).toEqual([]);
    await withOldCards(fixture, 2);
    const process = fixture.process(after);
    await process.prepare();
    expect(await process.drift()).toEqual([]);
    await process.migrate({ contract: true });
    expect(await process.drift()).toEqual([]);
  });

  it('lists each difference with the command that corrects it', async () => {
    const process = await withDrift();
    expect(await process.drift()).toEqual(
      sentences(
        "The validator of '@.cards' differs from its definition. Run npm run db -- repair.",
        "The index '@.cards.byTitle' is defined and not stored. Run npm run db -- repair.",
        "The index '@.cards.byState' differs from its definition. Run npm run db -- repair --drop-indexes.",
        "The index '@.cards.byHand' is stored and not defined. Run npm run db -- repair --drop-indexes.",
        "The collection '@.tallies' does not exist. Run npm run db -- repair.",
        "The index '@.journal.expired' is defined and not stored. Run npm run db -- repair.",
      ),
    );
  });

  it('refers to migrate as long as the migrations of the code are not recorded', async () => {
    const [sentence] = await fixture.process(before).drift();
    expect(sentence).toContain("' does not exist. Run npm run db -- repair.");
    const [withMigrations] = await fixture.process(after).drift();
    expect(withMigrations).toContain("' does not exist. Run npm run db -- migrate.");
  });

  it('is corrected by migrating, except for unexpected indexes', async () => {
    const process = fixture.process(after);
    await process.prepare();
    await fixture.db().dropCollection('tallies');
    await fixture.db().command({ collMod: 'cards', validationLevel: 'moderate' });
    await fixture.cards().createIndex({ tenantId: 1, mood: 1 }, { name: 'byHand' });
    await process.migrate({ contract: false });
    expect(await process.drift()).toEqual(
      sentences("The index '@.cards.byHand' is stored and not defined. Run npm run db -- repair --drop-indexes."),
    );
  });

  it('leaves out an index that a contract phase will drop', async () => {
    await withOldCards(fixture, 1);
    const process = fixture.process(after);
    await process.prepare();
    expect(await fixture.indexNames()).toContain('byMood');
    expect(await process.drift()).toEqual([]);
  });
});

describe('documents that violate the validator', () => {
  const toViolation = (count: number, example: string) =>
    sentences(
      `Documents of '@.cards' violate its validator: ${count}, among them ${example}. Correct them, or write a migration as in docs/migrations.md.`,
    );

  it('are drift, with their number, and the id and the fields of one', async () => {
    const process = fixture.process(unique);
    await process.prepare();
    await fixture.db().command({ collMod: 'cards', validationLevel: 'off' });
    const valid = Array.from({ length: 12_000 }, () => createOldCard({ mood: undefined }));
    await fixture.cards().insertMany(valid);
    const [early, late] = [{ ...createOldCard(), _id: '0' }, createOldCard()];
    await fixture.cards().insertMany([early, late]);
    const inserted = await fixture.db().collection('cards').insertOne({ title: 'by hand' });
    await fixture.db().command({ collMod: 'cards', validationLevel: 'strict' });
    expect(await process.drift()).toEqual(toViolation(3, '"0" in _id, mood'));
    await fixture.cards().deleteMany({ _id: { $in: [early._id, late._id] } });
    const id = `{"$oid":"${inserted.insertedId.toHexString()}"}`;
    const missing = '_id, tenantId, version, createdAt, updatedAt';
    expect(await process.drift()).toEqual(toViolation(1, `${id} in ${missing}`));
  });

  it('keep a start, a migration and a repair from setting a validator without a migration', async () => {
    const { old } = await withOldCards(fixture, 3);
    const stored = await fixture.everything();
    const process = fixture.process({ name: 'deck', collections: after.collections });
    const [violation] = toViolation(3, `"${old[0]?._id}" in state, mood`);
    const options = { contract: false, dropIndexes: false };
    for (const command of [process.prepare, process.migrate, process.repair]) {
      await expect(command(options)).rejects.toMatchObject({
        name: 'StartupError',
        message: `${violation} Nothing was changed.`,
      });
    }
    expect(await process.dryRun(options)).toContain(`Stops: ${violation}`);
    expect(await process.drift()).toContain(violation);
    const withoutLease = (text: string) =>
      JSON.parse(text).filter(([{ name }]: [{ name: string }]) => name !== 'migrations');
    expect(withoutLease(await fixture.everything())).toEqual(withoutLease(stored));
  });

  it('boundary: are not those that a migration still changes', async () => {
    await withOldCards(fixture, 5);
    expect((await fixture.process(after).drift()).filter((sentence) => sentence.startsWith('Documents'))).toEqual([]);
  });
});

describe('repair', () => {
  it('creates what is missing and sets validators, and drops no index unless requested', async () => {
    const process = await withDrift();
    const { repaired, unrepaired } = await process.repair({ dropIndexes: false });
    expect(repaired).toEqual(
      sentences(
        "Set the validator of '@.cards'.",
        "Created the index '@.cards.byTitle'.",
        "Created the collection '@.tallies'.",
        "Created the index '@.journal.expired'.",
      ),
    );
    expect(unrepaired).toEqual(
      sentences(
        "The index '@.cards.byState' differs from its definition. Run npm run db -- repair --drop-indexes.",
        "The index '@.cards.byHand' is stored and not defined. Run npm run db -- repair --drop-indexes.",
      ),
    );
    expect(await process.drift()).toEqual(unrepaired);
    expect(await fixture.indexNames()).toEqual(new Set(['_id_', 'byTitle', 'byState', 'byHand']));
  });

  it('replaces changed indexes and drops unexpected ones on request', async () => {
    const process = await withDrift();
    await process.repair({ dropIndexes: false });
    expect(await process.repair({ dropIndexes: true })).toEqual({
      repaired: sentences(
        "Dropped the index '@.cards.byState' and created it as defined.",
        "Dropped the index '@.cards.byHand'.",
      ),
      unrepaired: [],
    });
    expect(await process.drift()).toEqual([]);
  });

  it('boundary: does nothing to a database without drift', async () => {
    const process = fixture.process(after);
    await process.prepare();
    const commands: string[] = [];
    process.client.on('commandStarted', ({ commandName }) => commands.push(commandName));
    expect(await process.repair({ dropIndexes: true })).toEqual({ repaired: [], unrepaired: [] });
    expect(commands.filter((name) => ['create', 'collMod', 'dropIndexes'].includes(name))).toEqual([]);
  });

  it('boundary: refuses a database that lacks migrations of this code or has newer ones', async () => {
    await withOldCards(fixture, 1);
    const process = fixture.process(after);
    await expect(process.repair({ dropIndexes: true })).rejects.toThrow(
      'lacks migrations of this code. Run npm run db -- migrate first.',
    );
    await process.prepare();
    await expect(fixture.process(before).repair({ dropIndexes: true })).rejects.toThrow('migrated by newer code');
    expect(await fixture.indexNames()).toContain('byMood');
  });

  it('violation: keeps a stored index when documents violate the unique one that replaces it', async () => {
    const process = fixture.process(unique);
    await process.prepare();
    await fixture.cards().dropIndex('byTitle');
    await fixture.cards().createIndex({ tenantId: 1, title: 1 }, { name: 'byTitle' });
    const { tenantId } = createOldCard();
    const twice = { tenantId, title: 'twice', mood: undefined };
    const [first, second] = [createOldCard(twice), createOldCard(twice)];
    await fixture.cards().insertMany([first, second]);
    const failure = process.repair({ dropIndexes: true });
    await expect(failure).rejects.toThrow('because documents have the same tenantId, title. Correct them');
    await expect(failure).rejects.not.toThrow('twice');
    expect(await fixture.indexNames()).toEqual(new Set(['_id_', 'byTitle']));
    await fixture.cards().deleteOne({ _id: second._id });
    await process.repair({ dropIndexes: true });
    expect(await process.drift()).toEqual([]);
    await expect(fixture.cards().insertOne(second)).rejects.toMatchObject({ code: 11_000 });
  });

  it('race: two parallel repairs repair each difference once', async () => {
    await withDrift();
    const processes = [fixture.process(after), fixture.process(after)] as const;
    const outcomes = await Promise.allSettled(processes.map((process) => process.repair({ dropIndexes: true })));
    const repaired = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value.repaired : []));
    expect(repaired).toHaveLength(6);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason.message).toContain('Another process migrates');
    }
    expect(await processes[0].drift()).toEqual([]);
  });

  it('race: drops no index after another process has taken over the lease', async () => {
    await withDrift();
    const process = fixture.process(after);
    await fixture
      .db()
      .admin()
      .command({
        configureFailPoint: 'failCommand',
        mode: { times: 1 },
        data: { failCommands: ['listIndexes'], blockConnection: true, blockTimeMS: 500 },
      });
    const takenOver = new Promise<void>((resolve) => {
      process.client.on('commandStarted', ({ commandName }) => {
        if (commandName === 'listIndexes') resolve();
      });
    }).then(() => fixture.records().updateOne({ _id: 'lease' }, { $inc: { token: 1 } }));
    await expect(process.repair({ dropIndexes: true })).rejects.toThrow('has taken over the lease');
    await takenOver;
    expect(await fixture.indexNames()).toEqual(new Set(['_id_', 'byState', 'byHand']));
  });
});

describe('preparing', () => {
  it('waits for an index build longer than the socket timeout', async () => {
    await withOldCards(fixture, 5);
    const process = fixture.process(after, { socketTimeoutMS: 300 });
    let sent = 0;
    process.client.on('commandStarted', ({ commandName, command }) => {
      if (commandName === 'createIndexes' && command['createIndexes'] === 'cards') sent += 1;
    });
    const building = (mode: string) =>
      fixture.db().admin().command({ configureFailPoint: 'hangAfterStartingIndexBuild', mode });
    onTestFinished(() => void building('off'));
    await building('alwaysOn');
    const preparing = process.prepare();
    await expect.poll(() => sent, { timeout: 10_000 }).toBeGreaterThan(1);
    await building('off');
    await preparing;
    expect(await process.drift()).toEqual([]);
  });

  it('drops an index, and ignores one that is missing already', async () => {
    await withOldCards(fixture, 1);
    const process = fixture.process(after);
    await process.prepare();
    await fixture.cards().dropIndex('byMood');
    await process.migrate({ contract: true });
    expect(await process.drift()).toEqual([]);
  });

  it.each(['journal', 'idempotencyKeys', 'migrations'])('refuses a collection with the reserved name %s', (name) => {
    expect(() => fixture.process({ name: 'deck', collections: { cards: { ...cards, name } } })).toThrow(
      `has the reserved name '${name}'. Rename it.`,
    );
  });

  it('applies a changed schema without a migration', async () => {
    await fixture.process(before).prepare();
    const other = defineMigration({ name: '0001-other', phase: 'expand', collection: 'cards' });
    const process = fixture.process({ ...after, migrations: [other] });
    await process.prepare();
    expect((await process.status()).map(({ state }) => state)).toEqual(['done']);
    await expect(fixture.cards().insertOne(createOldCard())).rejects.toMatchObject({ code: 121 });
    expect(await process.drift()).toEqual(
      sentences("The index '@.cards.byMood' is stored and not defined. Run npm run db -- repair --drop-indexes."),
    );
  });
});
