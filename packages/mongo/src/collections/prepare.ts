import { StartupError } from '@plinth/data-kit';
import { type Db, type Document, MongoNetworkTimeoutError, MongoServerError } from 'mongodb';
import { duplicateKey } from '../mongo-errors.ts';
import { type StoredCollection, validatorMatches, validatorOptions } from './stored-collection.ts';

const namespaceExists = 48;
const indexNotFound = 27;
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

/** Returns the options of each stored collection. */
export const readOptions = async (db: Db): Promise<Stored> => {
  const collections = await db.listCollections({}, { nameOnly: false }).toArray();
  return new Map(collections.map(({ name, options = {} }) => [name, options]));
};

const prepareCollection = async (db: Db, collection: StoredCollection, stored: Stored): Promise<void> => {
  const options = stored.get(collection.name);
  if (!options) return create(db, collection);
  if (!validatorMatches(options, collection)) await setValidator(db, collection);
};

export const createIndexes = async (
  db: Db,
  { name, indexes }: Pick<StoredCollection, 'name' | 'indexes'>,
): Promise<void> => {
  for (;;) {
    try {
      await db.command({ createIndexes: name, indexes });
      return;
    } catch (cause) {
      // A large index takes longer than the socket timeout. The server continues, and the same command joins it.
      if (!(cause instanceof MongoNetworkTimeoutError)) throw toIndexError(cause, `${db.databaseName}.${name}`);
    }
  }
};

/** Converts a refusal to create an index. The error of a duplicate contains no value of a document. */
const toIndexError = (cause: unknown, path: string): unknown => {
  if (!(cause instanceof MongoServerError)) return cause;
  if (indexConflicts.includes(cause.code)) {
    return new StartupError(
      `An index of '${path}' differs from its definition (${cause.message}). Run npm run db -- repair --drop-indexes or rename the defined index, then start again.`,
      { cause },
    );
  }
  if (cause.code !== duplicateKey) return cause;
  const fields = Object.keys((cause['keyPattern'] as object | undefined) ?? {});
  return new StartupError(
    `A unique index of '${path}' cannot be created, because documents have the same ${fields.join(', ')}. Correct them, then try again.`,
  );
};

/** Drops an index, unless it is missing already. */
export const dropIndex = async (db: Db, collection: string, index: string): Promise<void> => {
  try {
    await db.command({ dropIndexes: collection, index });
  } catch (cause) {
    if (!(cause instanceof MongoServerError && cause.code === indexNotFound)) throw cause;
  }
};

const dropFormerIndexes = async (db: Db, { name, formerIndexes = [] }: StoredCollection): Promise<void> => {
  if (formerIndexes.length === 0) return;
  const stored = await db.collection(name).indexes();
  for (const index of stored.map((info) => String(info.name))) {
    if (formerIndexes.includes(index)) await dropIndex(db, name, index);
  }
};

/** Creates or updates the collections, validators and indexes of a module. Safe to repeat and to race. */
export const prepare = async (db: Db, collections: readonly StoredCollection[]): Promise<void> => {
  const stored = await readOptions(db);
  await Promise.all(
    collections.map(async (collection) => {
      await prepareCollection(db, collection, stored);
      if (collection.indexes.length > 0) await createIndexes(db, collection);
      await dropFormerIndexes(db, collection);
    }),
  );
};
