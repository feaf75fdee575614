import { type Document, MongoClient } from 'mongodb';
import { clientSettings } from '../settings.ts';

/** The stored documents of a collection, outside of tenant scoping. For assertions only. */
export type RawCollection = {
  all(): Promise<Document[]>;
  insert(document: Document): Promise<void>;
  insertMany(documents: readonly Document[]): Promise<void>;
  indexNames(): Promise<string[]>;
};

/** The databases of a deployment, outside of tenant scoping: for assertions about what another process wrote. */
export type RawDatabases = {
  collection(database: string, name: string): RawCollection;
  /** Drops the databases whose names begin with `prefix`. */
  dropAll(prefix: string): Promise<void>;
  close(): Promise<void>;
};

export const openRawCollection = (client: MongoClient, database: string, name: string): RawCollection => {
  const collection = client.db(database).collection<Document>(name);
  return {
    all: () => collection.find().sort({ _id: 1 }).toArray(),
    insert: async (document) => void (await collection.insertOne(document)),
    insertMany: async (documents) => void (await collection.insertMany([...documents])),
    indexNames: async () => (await collection.indexes()).map(({ name: index }) => String(index)),
  };
};

/** Opens the databases at `uri`. Reads use the read concern `majority`. */
export const openRaw = (uri: string): RawDatabases => {
  const client = new MongoClient(uri, clientSettings(4));
  return {
    collection: (database, name) => openRawCollection(client, database, name),
    dropAll: async (prefix) => {
      if (prefix === '') throw new Error('Every database has the empty prefix. Name the prefix of those to drop.');
      const { databases } = await client.db().admin().listDatabases({ nameOnly: true });
      const names = databases.map(({ name }) => name).filter((name) => name.startsWith(prefix));
      await Promise.all(names.map((name) => client.db(name).dropDatabase()));
    },
    close: () => client.close(),
  };
};
