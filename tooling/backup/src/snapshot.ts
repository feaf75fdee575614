import type { Document, MongoClient, Timestamp } from 'mongodb';

export type CollectionSnapshot = {
  readonly db: string;
  readonly name: string;
  readonly options: Document;
  readonly indexes: readonly Document[];
  readonly documents: readonly Document[];
};

/** All collections of some databases at one cluster time. */
export type Snapshot = { readonly at: Timestamp; readonly collections: readonly CollectionSnapshot[] };

/** Reads a consistent snapshot while writers continue. */
export const takeSnapshot = async (client: MongoClient, databases: readonly string[]): Promise<Snapshot> => {
  const { operationTime: at } = await client.db('admin').command({ hello: 1 });
  const readConcern = { level: 'snapshot', atClusterTime: at };
  const collections: CollectionSnapshot[] = [];
  for (const name of databases) {
    const db = client.db(name);
    for (const { name: collection, options = {} } of await db.listCollections({}, { nameOnly: false }).toArray()) {
      const documents = await db.runCursorCommand({ find: collection, readConcern }).toArray();
      const indexes = await db.collection(collection).indexes();
      collections.push({ db: name, name: collection, options, indexes, documents });
    }
  }
  return { at, collections };
};

const batchSize = 1000;

/** Writes a snapshot into an empty cluster, with the options, validators and indexes of each collection. */
export const restoreSnapshot = async (client: MongoClient, { collections }: Snapshot): Promise<void> => {
  for (const { db, name, options, indexes, documents } of collections) {
    const target = await client.db(db).createCollection(name, options);
    const secondary = indexes.filter(({ name: index }) => index !== '_id_');
    if (secondary.length > 0) await client.db(db).command({ createIndexes: name, indexes: secondary });
    for (let from = 0; from < documents.length; from += batchSize) {
      await target.insertMany(documents.slice(from, from + batchSize), { bypassDocumentValidation: true });
    }
  }
};
