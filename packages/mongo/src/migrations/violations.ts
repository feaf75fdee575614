import { StartupError } from '@plinth/data-kit';
import { BSON, type Db, type Document, MinKey } from 'mongodb';
import { z } from 'zod';
import { readOptions } from '../collections/prepare.ts';
import { type StoredCollection, validatorMatches, validatorOptions } from '../collections/stored-collection.ts';

/** The number of documents that one query examines, so that none takes long. */
const batchSize = 5000;

/** How long a collection is examined before its validator is changed. */
const examinedAtStartMs = 5000;

const byId = { _id: 1 } as const;

/** Returns the fields of a document that are missing, unknown or invalid. Unknown fields inside of a field are not found. */
const listInvalidFields = ({ schema, relaxed }: StoredCollection, document: Document): string[] => {
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
  const issues = strict.safeParse(document).error?.issues ?? [];
  const fields = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])]));
  const isAllowed = (field: string): boolean =>
    field in document ? (relaxed?.retired.includes(field) ?? false) : (relaxed?.optional.includes(field) ?? false);
  return [...new Set(fields)].filter((field) => !isAllowed(field));
};

/** Describes the documents that violate the validator of a collection: their number, and one id with its fields. */
export const describeViolations = async (db: Db, collection: StoredCollection, forMs: number): Promise<string[]> => {
  const { name } = collection;
  const documents = db.collection<Document>(name);
  const until = performance.now() + forMs;
  let count = 0;
  let example: unknown;
  // Bounds instead of a filter, which would leave out ids whose type differs from that of the position.
  let min: unknown = new MinKey();
  while (min !== undefined && performance.now() < until) {
    const from = { hint: byId, min: { _id: min }, projection: byId };
    const [next] = await documents.find({}, { ...from, skip: batchSize, limit: 1 }).toArray();
    const range = { ...from, ...(next && { max: { _id: next._id } }) };
    const invalid = await documents.find({ $nor: [validatorOptions(collection).validator] }, range).toArray();
    count += invalid.length;
    example ??= invalid[0]?._id;
    min = next?._id;
  }
  if (count === 0) return [];
  const path = `${db.databaseName}.${name}`;
  const fields = listInvalidFields(collection, (await documents.findOne({ _id: example as never })) ?? {});
  const inFields = fields.length > 0 ? ` in ${fields.join(', ')}` : '';
  return [
    `Documents of '${path}' violate its validator: ${count}, among them ${BSON.EJSON.stringify(example)}${inFields}. Correct them, or write a migration as in docs/migrations.md.`,
  ];
};

/** Describes the documents that violate a validator which differs from the stored one. */
export const describeNewViolations = async (db: Db, collections: readonly StoredCollection[]): Promise<string[]> => {
  const stored = await readOptions(db);
  const changed = collections.filter((collection) => {
    const options = stored.get(collection.name);
    return options && !validatorMatches(options, collection);
  });
  const violations = await Promise.all(
    changed.map((collection) => describeViolations(db, collection, examinedAtStartMs)),
  );
  return violations.flat();
};

/** @throws `StartupError` when a validator would change and documents violate the new one, because reads of them would fail. */
export const assertNoNewViolations = async (db: Db, collections: readonly StoredCollection[]): Promise<void> => {
  const violations = await describeNewViolations(db, collections);
  if (violations.length > 0) throw new StartupError(`${violations.join(' ')} Nothing was changed.`);
};
