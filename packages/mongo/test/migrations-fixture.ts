import { randomBytes } from 'node:crypto';
import type { MigrationLogEntry, StoredModule } from '@plinth/data-kit';
import { createIds } from '@plinth/testing';
import { BSON, type Document, MongoClient } from 'mongodb';
import { afterAll, afterEach } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { migrationsName } from '../src/migrations/index.ts';
import { clientSettings } from '../src/settings.ts';
import { before } from './migrations-cards.ts';

export const clock = { now: () => new Date() };
const ids = createIds(clock);

export const times = { leaseMs: 20_000, waitMs: 20_000, pollMs: 20 };
type Times = typeof times & { readonly socketTimeoutMS: number };

/** A database for each test and processes that migrate it. There is no query guard, because migrations cross tenants. */
export const useFixture = () => {
  const uri = process.env['MONGODB_URI'] ?? '';
  const clients: MongoClient[] = [];
  const connect = (socketTimeoutMS = 8000) => {
    const client = new MongoClient(uri, { ...clientSettings(8), socketTimeoutMS, monitorCommands: true });
    clients.push(client);
    return client;
  };
  const outside = connect();
  let prefix = '';
  const begin = (): void => {
    prefix = `t${randomBytes(6).toString('hex')}_`;
  };
  begin();
  afterEach(async () => {
    await outside.db(`${prefix}deck`).dropDatabase();
    begin();
  });
  afterAll(() => Promise.all(clients.map((client) => client.close())));
  const db = () => outside.db(`${prefix}deck`);
  const records = () => db().collection<Document & { _id: string }>(migrationsName);
  return {
    uri,
    get prefix() {
      return prefix;
    },
    db,
    cards: () => db().collection<Document & { _id: string }>('cards'),
    records,
    record: (name: string) => records().findOne({ _id: name }),
    /** Returns the names of the indexes of cards. */
    indexNames: async () => new Set((await db().collection('cards').indexes()).map(({ name }) => name)),
    /** Sets the lease as if its holder had been silent for too long. */
    expireLease: () => records().updateOne({ _id: 'lease' }, { $set: { expiresAt: new Date(0) } }),
    /** Opens a process with a version of the code: its connection, log entries and operations. */
    process: <K>(module: StoredModule<K>, overrides: Partial<Times> = {}) => {
      const { socketTimeoutMS, ...migrationTimes } = overrides;
      const client = connect(socketTimeoutMS);
      const entries: MigrationLogEntry[] = [];
      const datastore = createDatastore({
        client,
        cursorSecrets: ['a secret of tests'],
        databasePrefix: prefix,
        migrationTimes: { ...times, ...migrationTimes },
      });
      const store = datastore.open(module, { clock, ids });
      const migrations = datastore.migrations(module, { clock, ids });
      const log = (entry: MigrationLogEntry) => void entries.push(entry);
      return {
        client,
        store,
        entries,
        events: () => entries.map(({ event }) => event),
        prepare: () => store.prepare(log),
        assertPrepared: () => store.assertPrepared(log),
        ...migrations,
        migrate: (options: { contract: boolean }) => migrations.migrate({ ...options, log }),
      };
    },
    /** Returns everything that is stored as text: documents, collections with their validators, and indexes. */
    everything: async (): Promise<string> => {
      const collections = (await db().listCollections().toArray()).toSorted((left, right) =>
        left.name < right.name ? -1 : 1,
      );
      const parts = await Promise.all(
        collections.map(async (info) => [
          info,
          await db().collection(info.name).find().sort({ _id: 1 }).toArray(),
          await db().collection(info.name).indexes(),
        ]),
      );
      return BSON.EJSON.stringify(parts, { relaxed: false });
    },
  };
};

export type MigrationFixture = ReturnType<typeof useFixture>;

let created = 0;

/** Creates a card of the first version; later cards have greater ids. */
export const createOldCard = (overrides: object = {}) => {
  created += 1;
  const now = clock.now();
  const entityFields = { _id: ids.next(), tenantId: ids.next(), version: 1, createdAt: now, updatedAt: now };
  return { ...entityFields, title: `Card ${created}`, mood: 'new', ...overrides };
};

/** Creates the database of the first version with cards of several tenants. */
export const withOldCards = async (fixture: MigrationFixture, count: number, tenants = 3) => {
  await fixture.process(before).prepare();
  const tenantIds = Array.from({ length: tenants }, () => ids.next());
  const old = Array.from({ length: count }, (_, index) => createOldCard({ tenantId: tenantIds[index % tenants] }));
  if (old.length > 0) await fixture.cards().insertMany(old);
  return { tenantIds, old };
};
