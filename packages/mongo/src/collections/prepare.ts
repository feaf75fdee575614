import { StartupError } from '@plinth/data-kit';
import { type Db, type Document, MongoNetworkTimeoutError, MongoServerError } from 'mongodb';
import { type StoredCollection, validatorMatches, validatorOptions } from './stored-collection.ts';

const namespaceExists = 48;
const indexConflicts: readonly unknown[] = [85, 86];

const create = async (db: Db, collection: StoredCollection): Promise<void> => {
  try {
    await db.command({ create: collection.name, ...validatorOptions(collection) });
  } catch (cause) {
    // Another process has created it, perhaps with another validator.
    if (!(cause instanceof MongoServerError && cause.code === namespaceExists)) throw cause;
    await setValidator(db, collection);
  }
};

/** Waits for every transaction that uses the collection, including those of dead processes. */
const setValidator = (db: Db, collection: StoredCollection): Promise<unknown> =>
  db.command({ collMod: collection.name, ...validatorOptions(collection) });

type Stored = ReadonlyMap<string, Document>;

const readOptions = async (db: Db): Promise<Stored> => {
  const found = await db.listCollections({}, { nameOnly: false }).toArray();
  return new Map(found.map(({ name, options = {} }) => [name, options]));
};

const prepareCollection = async (db: Db, collection: StoredCollection, stored: Stored): Promise<void> => {
  const options = stored.get(collection.name);
  if (!options) return create(db, collection);
  if (!validatorMatches(options, collection)) await setValidator(db, collection);
};

const createIndexes = async (db: Db, { name, indexes }: StoredCollection): Promise<void> => {
  for (;;) {
    try {
      await db.command({ createIndexes: name, indexes });
      return;
    } catch (cause) {
      // A large index takes longer than the socket timeout. The server continues, and the same command joins it.
      if (!(cause instanceof MongoNetworkTimeoutError)) throw cause;
    }
  }
};

const prepareIndexes = async (db: Db, collection: StoredCollection): Promise<void> => {
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

/** Creates or updates the collections, validators and indexes of a module. Safe to repeat and to race. */
export const prepare = async (db: Db, collections: readonly StoredCollection[]): Promise<void> => {
  const stored = await readOptions(db);
  await Promise.all(
    collections.map(async (collection) => {
      await prepareCollection(db, collection, stored);
      await prepareIndexes(db, collection);
    }),
  );
};
