import { BSON, type Db, type Document, MinKey } from 'mongodb';
import { type StoredCollection, validatorOptions } from '../collections/stored-collection.ts';

/** The number of documents that one query examines, so that none takes long. */
const batchSize = 5000;

/** How long the documents of a collection are examined. */
const examinedMs = 30_000;

const byId = { _id: 1 } as const;

/** Describes the documents that violate the validator of their collection, with their number and one id. */
export const describeViolations = async (db: Db, collection: StoredCollection): Promise<string[]> => {
  const { name } = collection;
  const documents = db.collection<Document>(name);
  const until = performance.now() + examinedMs;
  let count = 0;
  let example: unknown;
  // Bounds instead of a filter, which would leave out ids of other types than the position.
  let min: unknown = new MinKey();
  while (min !== undefined && performance.now() < until) {
    const from = { hint: byId, min: { _id: min }, projection: byId };
    const [next] = await documents.find({}, { ...from, skip: batchSize, limit: 1 }).toArray();
    const range = { ...from, ...(next && { max: { _id: next._id } }) };
    const found = await documents.find({ $nor: [validatorOptions(collection).validator] }, range).toArray();
    count += found.length;
    example ??= found[0]?._id;
    min = next?._id;
  }
  if (count === 0) return [];
  const path = `${db.databaseName}.${name}`;
  return [
    `Documents of '${path}' violate its validator: ${count}, among them ${BSON.EJSON.stringify(example)}. Correct them.`,
  ];
};
