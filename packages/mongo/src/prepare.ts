import { StartupError } from '@plinth/data-kit';
import { type Db, type Document, MongoNetworkTimeoutError, MongoServerError } from 'mongodb';
import { isUnderLaw, lawOf, type StoredCollection } from './stored-collection.ts';

const namespaceExists = 48;
const indexConflicts: readonly unknown[] = [85, 86];

const create = async (db: Db, collection: StoredCollection): Promise<void> => {
  try {
    await db.command({ create: collection.name, ...lawOf(collection) });
  } catch (cause) {
    // Another process has made it meanwhile, and may have made it otherwise.
    if (!(cause instanceof MongoServerError && cause.code === namespaceExists)) throw cause;
    await changeLaw(db, collection);
  }
};

/** Waits for every transaction that uses the collection, also for those of processes that have died. */
const changeLaw = (db: Db, collection: StoredCollection): Promise<unknown> =>
  db.command({ collMod: collection.name, ...lawOf(collection) });

type Stored = ReadonlyMap<string, Document>;

const optionsIn = async (db: Db): Promise<Stored> => {
  const found = await db.listCollections({}, { nameOnly: false }).toArray();
  return new Map(found.map(({ name, options = {} }) => [name, options]));
};

const makeCollection = async (db: Db, collection: StoredCollection, stored: Stored): Promise<void> => {
  const options = stored.get(collection.name);
  if (!options) return create(db, collection);
  if (!isUnderLaw(options, collection)) await changeLaw(db, collection);
};

const createIndexes = async (db: Db, { name, indexes }: StoredCollection): Promise<void> => {
  for (;;) {
    try {
      await db.command({ createIndexes: name, indexes });
      return;
    } catch (cause) {
      // A large index takes longer than a socket may be silent. The server goes on, and the same command joins it.
      if (!(cause instanceof MongoNetworkTimeoutError)) throw cause;
    }
  }
};

const makeIndexes = async (db: Db, collection: StoredCollection): Promise<void> => {
  const { name, indexes } = collection;
  if (indexes.length === 0) return;
  try {
    await createIndexes(db, collection);
  } catch (cause) {
    if (!(cause instanceof MongoServerError && indexConflicts.includes(cause.code))) throw cause;
    throw new StartupError(
      `An index of '${db.databaseName}.${name}' differs from its definition (${cause.message}). Drop the stored index or rename the defined one, then start again.`,
      { cause },
    );
  }
};

/** Makes the collections, validators and indexes of a module what their definitions say. Safe to repeat and to race. */
export const prepare = async (db: Db, collections: readonly StoredCollection[]): Promise<void> => {
  const stored = await optionsIn(db);
  await Promise.all(
    collections.map(async (collection) => {
      await makeCollection(db, collection, stored);
      await makeIndexes(db, collection);
    }),
  );
};
