import type { Document, MongoClient, Timestamp } from 'mongodb';

type CollectionSnapshot = { name: string; options: Document; indexes: Document[]; documents: Document[] };

/** All collections of a database at one cluster time. */
export type Snapshot = { readonly at: Timestamp; readonly collections: readonly CollectionSnapshot[] };

/** Reads a consistent snapshot while writers continue. */
export const takeSnapshot = async (client: MongoClient, database: string): Promise<Snapshot> => {
  const { operationTime: at } = await client.db('admin').command({ hello: 1 });
  const db = client.db(database);
  const collections: CollectionSnapshot[] = [];
  for (const { name, options = {} } of await db.listCollections({}, { nameOnly: false }).toArray()) {
    const readConcern = { level: 'snapshot', atClusterTime: at };
    const documents = await db.runCursorCommand({ find: name, readConcern }).toArray();
    collections.push({ name, options, indexes: await db.collection(name).indexes(), documents });
  }
  return { at, collections };
};

/** Writes a snapshot into an empty database, with the options, validators and indexes of each collection. */
export const restoreSnapshot = async (client: MongoClient, database: string, { collections }: Snapshot) => {
  const db = client.db(database);
  for (const { name, options, indexes, documents } of collections) {
    const collection = await db.createCollection(name, options);
    const secondary = indexes.filter(({ name: index }) => index !== '_id_');
    if (secondary.length > 0) await db.command({ createIndexes: name, indexes: secondary });
    if (documents.length > 0) await collection.insertMany(documents, { bypassDocumentValidation: true });
  }
};
