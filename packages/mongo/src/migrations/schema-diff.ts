import { isDeepStrictEqual } from 'node:util';
import type { Db, Document, IndexDescriptionInfo } from 'mongodb';
import { type StoredCollection, validatorMatches } from '../collections/stored-collection.ts';

/** One thing that is stored otherwise than it should be. */
export type SchemaDifference = {
  readonly collection: string;
  readonly kind: 'no-collection' | 'validator' | 'no-index' | 'other-index' | 'surplus-index';
  readonly index?: string;
};

const facetsOf = ({ key, unique = false, partialFilterExpression, expireAfterSeconds }: Document): unknown => [
  // Entries, because the order of the fields makes the index.
  Object.entries(key),
  unique,
  partialFilterExpression,
  expireAfterSeconds,
];

const indexDifferences = (
  { name: collection, indexes }: StoredCollection,
  stored: readonly IndexDescriptionInfo[],
): SchemaDifference[] => {
  const found = new Map(stored.map((index) => [String(index.name), index]));
  const wanted = indexes.flatMap((index): SchemaDifference[] => {
    const own = found.get(index.name);
    if (!own) return [{ collection, kind: 'no-index', index: index.name }];
    if (isDeepStrictEqual(facetsOf(own), facetsOf(index))) return [];
    return [{ collection, kind: 'other-index', index: index.name }];
  });
  const names = new Set(['_id_', ...indexes.map(({ name }) => name)]);
  const surplus = [...found.keys()].filter((name) => !names.has(name));
  return [...wanted, ...surplus.map((index): SchemaDifference => ({ collection, kind: 'surplus-index', index }))];
};

const differencesOf = async (db: Db, collection: StoredCollection): Promise<SchemaDifference[]> => {
  const { name } = collection;
  const [info] = await db.listCollections({ name }).toArray();
  if (!info) return [{ collection: name, kind: 'no-collection' }];
  const options = ('options' in info && info.options) || {};
  const indexes = indexDifferences(collection, await db.collection(name).indexes());
  return [
    ...(validatorMatches(options, collection) ? [] : [{ collection: name, kind: 'validator' } as const]),
    ...indexes,
  ];
};

/** Compares what is stored with what should be. */
export const diffSchema = async (db: Db, collections: readonly StoredCollection[]): Promise<SchemaDifference[]> =>
  (await Promise.all(collections.map((collection) => differencesOf(db, collection)))).flat();
