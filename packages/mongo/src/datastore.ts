import {
  type CollectionDefinition,
  type CollectionsOf,
  createEvents,
  createUnitOfWork,
  createWriteSets,
  type Datastore,
  type Entity,
  type ModuleStore,
  StartupError,
  type StoreOptions,
} from '@plinth/kernel';
import type { Db, MongoClient } from 'mongodb';
import { createCollection } from './collection.ts';
import { createCommit } from './group-commit.ts';
import { createJournal, journalCollection } from './journal.ts';
import { journalName } from './journal-names.ts';
import { prepare } from './prepare.ts';
import { signedCursors } from './signed-cursors.ts';
import { storedCollectionOf } from './stored-collection.ts';
import type { Write } from './write-set.ts';

export type DatastoreParts = {
  readonly client: MongoClient;
  readonly cursorSecret: string;
  /** Put before each module's name to make its database's name; for many deployments on one cluster. */
  readonly databasePrefix: string;
};

const openModule = <K>(
  db: Db,
  { collections }: { readonly collections: K },
  { client, cursorSecret, clock, ids }: DatastoreParts & StoreOptions,
): ModuleStore<K> => {
  const definitions = collections as Readonly<Record<string, CollectionDefinition<Entity>>>;
  const writeSets = createWriteSets<Write>();
  const cursors = signedCursors(cursorSecret);
  const named = new Map(Object.values(definitions).map((definition) => [definition.name, definition]));
  if (named.has(journalName)) {
    throw new TypeError(`A collection of '${db.databaseName}' is called '${journalName}', which is taken. Rename it.`);
  }
  const entries = Object.entries(definitions).map(([key, definition]) => [
    key,
    createCollection(definition, { db, clock, ids, cursors, writeSets }),
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
        codeOf: (collection, index) => named.get(collection)?.indexes[index]?.unique,
      }),
    }),
    events: createEvents({ writeSets, ids }),
    journal: createJournal({ db, clock }),
    prepare: () => prepare(db, [...[...named.values()].map(storedCollectionOf), journalCollection]),
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

/** The datastore of a connected client: one database a module. */
export const createDatastore = (parts: DatastoreParts): Datastore => ({
  open: (module, options) =>
    openModule(parts.client.db(`${parts.databasePrefix}${module.name}`), module, { ...parts, ...options }),
  ping: () => assertUsable(parts.client),
  close: () => parts.client.close(),
});
