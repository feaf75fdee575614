import { isDeepStrictEqual } from 'node:util';
import type { Db, Document, IndexDescriptionInfo } from 'mongodb';
import { type StoredCollection, validatorMatches } from '../collections/stored-collection.ts';

/** One difference between the stored and the expected schema. */
export type SchemaDifference = {
  readonly collection: string;
  readonly kind:
    | 'missing-collection'
    | 'collation'
    | 'validator'
    | 'missing-index'
    | 'changed-index'
    | 'unexpected-index';
  readonly index?: string;
};

/** True when the repair drops an index, which may serve queries of other code. */
export const needsDrop = ({ kind }: SchemaDifference): boolean =>
  kind === 'changed-index' || kind === 'unexpected-index';

/** Returns the quoted name of a collection or index with its database. */
export const toQuotedName = ({ collection, index }: SchemaDifference, { databaseName }: Db): string =>
  `'${[databaseName, collection, ...(index === undefined ? [] : [index])].join('.')}'`;

/** Fields of a stored index that change no behaviour. */
const inertFields = new Set(['name', 'v', 'ns', 'background']);

/** True when two indexes have the same fields in the same order and the same options. */
export const isSameIndex = (left: Document, right: Document): boolean => {
  const toComparable = ({ key, ...options }: Document): unknown => [
    // Entries, because the order of the fields matters.
    Object.entries(key),
    Object.fromEntries(Object.entries(options).filter(([name, value]) => !inertFields.has(name) && value !== false)),
  ];
  return isDeepStrictEqual(toComparable(left), toComparable(right));
};

const diffIndexes = (
  { name: collection, indexes }: StoredCollection,
  stored: readonly IndexDescriptionInfo[],
): SchemaDifference[] => {
  const storedByName = new Map(stored.map((index) => [String(index.name), index]));
  const missingOrChanged = indexes.flatMap((index): SchemaDifference[] => {
    const storedIndex = storedByName.get(index.name);
    if (!storedIndex) return [{ collection, kind: 'missing-index', index: index.name }];
    if (isSameIndex(storedIndex, index)) return [];
    return [{ collection, kind: 'changed-index', index: index.name }];
  });
  const names = new Set(['_id_', ...indexes.map(({ name }) => name)]);
  const unexpected = [...storedByName.keys()].filter((name) => !names.has(name));
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
  // Each index inherits the collation, so none can match its definition.
  if ('collation' in options) return [{ collection: name, kind: 'collation' }];
  const indexes = diffIndexes(collection, await db.collection(name).indexes());
  return [
    ...(validatorMatches(options, collection) ? [] : [{ collection: name, kind: 'validator' } as const]),
    ...indexes,
  ];
};

/** Compares the stored collections with the expected ones. */
export const diffSchema = async (db: Db, collections: readonly StoredCollection[]): Promise<SchemaDifference[]> =>
  (await Promise.all(collections.map((collection) => diffCollection(db, collection)))).flat();
