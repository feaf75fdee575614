import {
  type CollectionDefinition,
  type CollectionsOf,
  createEvents,
  createUnitOfWork,
  createWriteSets,
  type Entity,
  type MigratableDatastore,
  type ModuleStore,
  StartupError,
  type StoredModule,
  type StoreOptions,
} from '@plinth/data-kit';
import type { Db, MongoClient } from 'mongodb';
import { createCollection } from './collection.ts';
import { type CommitCounts, createCommit } from './group-commit.ts';
import { createJournal, journalCollection } from './journal.ts';
import { journalName } from './journal-names.ts';
import { createMigrator, type MigrationTimes, migrationsName } from './migrations/index.ts';
import { createPointReads } from './point-reads.ts';
import { followPool } from './pool.ts';
import { followPrimary, type Primary } from './primary.ts';
import { signedCursors } from './signed-cursors.ts';
import { storedCollectionOf } from './stored-collection.ts';
import { subscribe } from './subscribe.ts';
import type { Write } from './write-set.ts';

export type DatastoreParts = {
  readonly client: MongoClient;
  readonly cursorSecret: string;
  /** Put before each module's name to make its database's name; for many deployments on one cluster. */
  readonly databasePrefix: string;
  /** Left out: those that suit a deployment. */
  readonly migrationTimes?: MigrationTimes;
};

const reservedNames = [journalName, migrationsName];

const definitionsOf = (collections: unknown) => collections as Readonly<Record<string, CollectionDefinition<Entity>>>;

const databaseOf = ({ client, databasePrefix }: DatastoreParts, module: string): Db =>
  client.db(`${databasePrefix}${module}`);

const migratorOf = <K>(module: StoredModule<K>, parts: DatastoreParts & StoreOptions) =>
  createMigrator({
    client: parts.client,
    clock: parts.clock,
    ids: parts.ids,
    db: databaseOf(parts, module.name),
    collections: [...Object.values(definitionsOf(module.collections)).map(storedCollectionOf), journalCollection],
    migrations: module.migrations ?? [],
    times: parts.migrationTimes,
  });

type ModuleParts = DatastoreParts & StoreOptions & { readonly primary: Primary; readonly counts: CommitCounts };

const openModule = <K>(module: StoredModule<K>, parts: ModuleParts): ModuleStore<K> => {
  const { client, cursorSecret, clock, ids, together, primary, counts } = parts;
  const db = databaseOf(parts, module.name);
  const definitions = definitionsOf(module.collections);
  const writeSets = createWriteSets<Write>();
  const cursors = signedCursors(cursorSecret);
  const points = createPointReads({ db, clock, primary, together });
  const named = new Map(Object.values(definitions).map((definition) => [definition.name, definition]));
  const reserved = reservedNames.find((name) => named.has(name));
  if (reserved !== undefined) {
    throw new TypeError(`A collection of '${db.databaseName}' is called '${reserved}', which is taken. Rename it.`);
  }
  const entries = Object.entries(definitions).map(([key, definition]) => [
    key,
    createCollection(definition, { db, clock, primary, ids, cursors, writeSets, points }),
  ]);
  return {
    collections: Object.fromEntries(entries) as CollectionsOf<K>,
    unitOfWork: createUnitOfWork({
      writeSets,
      clock,
      ids,
      commit: createCommit({
        client,
        db,
        clock,
        primary,
        together,
        counts,
        codeOf: (collection, index) => named.get(collection)?.indexes[index]?.unique,
      }),
    }),
    events: createEvents({ writeSets, ids }),
    journal: createJournal({ db, clock, primary }),
    prepare: migratorOf(module, parts).prepare,
  };
};

const pingTimeoutMs = 1000;

/** @throws when no primary of a replica set answers within a second. */
const assertUsable = async (client: MongoClient): Promise<void> => {
  const hello = await client.db('admin').command({ hello: 1 }, { signal: AbortSignal.timeout(pingTimeoutMs) });
  if (!hello['setName']) {
    throw new StartupError(
      'MONGODB_URI names a standalone mongod, which has no transactions. Start it with --replSet rs0 and run rs.initiate() once, or unset MONGODB_URI so that `npm start` runs its own.',
    );
  }
};

/** The datastore of a client, which need not be connected yet: one database a module. */
export const createDatastore = (parts: DatastoreParts): MigratableDatastore => {
  const pool = followPool(parts.client);
  const primary = followPrimary(parts.client);
  const commits: (CommitCounts & { readonly module: string })[] = [];
  return {
    open: (module, options) => {
      const counts = { module: module.name, groups: 0, sets: 0, splits: 0 };
      commits.push(counts);
      return openModule(module, { ...parts, ...options, primary, counts });
    },
    subscribe: (options, listener) => subscribe(databaseOf(parts, options.module), options, listener),
    migrations: (module, options) => migratorOf(module, { ...parts, ...options }).migrations,
    ping: () => assertUsable(parts.client),
    stats: () => ({ pool: pool(), commits }),
    close: () => parts.client.close(),
  };
};
