import { isDeepStrictEqual } from 'node:util';
import type { Db, Document, IndexDescriptionInfo } from 'mongodb';
import { type StoredCollection, validatorMatches } from '../collections/stored-collection.ts';

/** One difference between the stored and the expected schema. */
export type SchemaDifference = {
  readonly collection: string;
  readonly kind: 'missing-collection' | 'validator' | 'missing-index' | 'changed-index' | 'unexpected-index';
  readonly index?: string;
};

/** Returns the quoted name of a collection or index with its database. */
export const toPath = ({ collection, index }: SchemaDifference, { databaseName }: Db): string =>
  `'${[databaseName, collection, ...(index === undefined ? [] : [index])].join('.')}'`;

const toFacets = ({ key, unique = false, partialFilterExpression, expireAfterSeconds }: Document): unknown => [
  // Entries, because the order of the fields matters.
  Object.entries(key),
  unique,
  partialFilterExpression,
  expireAfterSeconds,
];

const diffIndexes = (
  { name: collection, indexes }: StoredCollection,
  stored: readonly IndexDescriptionInfo[],
): SchemaDifference[] => {
  const found = new Map(stored.map((index) => [String(index.name), index]));
  const missingOrChanged = indexes.flatMap((index): SchemaDifference[] => {
    const own = found.get(index.name);
    if (!own) return [{ collection, kind: 'missing-index', index: index.name }];
    if (isDeepStrictEqual(toFacets(own), toFacets(index))) return [];
    return [{ collection, kind: 'changed-index', index: index.name }];
  });
  const names = new Set(['_id_', ...indexes.map(({ name }) => name)]);
  const unexpected = [...found.keys()].filter((name) => !names.has(name));
  return [
    ...missingOrChanged,
    ...unexpected.map((index): SchemaDifference => ({ collection, kind: 'unexpected-index', index })),
  ];
};

const diffCollection = async (db: Db, collection: StoredCollection): Promise<SchemaDifference[]> => {
  const { name } = collection;
  const [info] = await db.listCollections({ name }).toArray();
  if (!info) return [{ collection: name, kind: 'missing-collection' }];
  const options = ('options' in info && info.options) || {};
  const indexes = diffIndexes(collection, await db.collection(name).indexes());
  return [
    ...(validatorMatches(options, collection) ? [] : [{ collection: name, kind: 'validator' } as const]),
    ...indexes,
  ];
};

/** Compares the stored collections with the expected ones. */
export const diffSchema = async (db: Db, collections: readonly StoredCollection[]): Promise<SchemaDifference[]> =>
  (await Promise.all(collections.map((collection) => diffCollection(db, collection)))).flat();
