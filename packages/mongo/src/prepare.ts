import { StartupError } from '@plinth/kernel';
import { type Db, MongoServerError } from 'mongodb';
import { lawOf, type StoredCollection } from './stored-collection.ts';

const namespaceExists = 48;
const indexConflicts: readonly unknown[] = [85, 86];

const makeCollection = async (db: Db, collection: StoredCollection): Promise<void> => {
  try {
    await db.command({ create: collection.name, ...lawOf(collection) });
  } catch (cause) {
    if (!(cause instanceof MongoServerError && cause.code === namespaceExists)) throw cause;
    await db.command({ collMod: collection.name, ...lawOf(collection) });
  }
};

const makeIndexes = async (db: Db, { name, indexes }: StoredCollection): Promise<void> => {
  if (indexes.length === 0) return;
  try {
    await db.command({ createIndexes: name, indexes });
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
  await Promise.all(
    collections.map(async (collection) => {
      await makeCollection(db, collection);
      await makeIndexes(db, collection);
    }),
  );
};
