import { isDeepStrictEqual } from 'node:util';
import { type CollectionDefinition, removedMarker } from '@plinth/data-kit';
import type { Document, IndexDescription } from 'mongodb';
import type { z } from 'zod';
import { toSchemaValidator } from './schema-validator.ts';

/** A collection as MongoDB stores it. */
export type StoredCollection = {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly indexes: readonly (IndexDescription & { readonly name: string })[];
  /** The names of indexes of earlier releases that do harm, so that they are dropped. */
  readonly formerIndexes?: readonly string[];
  readonly relaxed?: Relaxation;
};

/** Deviations from the schema that the validator allows for older code. */
export type Relaxation = {
  /** Fields that may be absent although the schema requires them. */
  readonly optional: readonly string[];
  /** Fields that may be present although the schema does not have them. */
  readonly retired: readonly string[];
};

const daySeconds = 24 * 60 * 60;

/** MongoDB deletes a document when the time in such an index is that long ago. Documents that are not removed have no `deletedAt`. */
const createExpiryIndexes = ({ purgeAfterDays, expireAfterDays }: CollectionDefinition) => [
  ...(purgeAfterDays === undefined
    ? []
    : [{ name: 'purge', key: { deletedAt: 1 } as const, expireAfterSeconds: purgeAfterDays * daySeconds }]),
  ...(expireAfterDays === undefined
    ? []
    : [{ name: 'expiry', key: { updatedAt: 1 } as const, expireAfterSeconds: expireAfterDays * daySeconds }]),
];

/**
 * Creates the index of words, as the server stores it. Without a language no word is left out or reduced to its stem, so that a
 * search finds the same in every language. No document has the field by which the server would use another language.
 */
const createSearchIndexes = ({ search, softDelete }: CollectionDefinition) =>
  search.length === 0
    ? []
    : [
        {
          name: 'search',
          key: { tenantId: 1, ...(softDelete && { [removedMarker]: 1 }), _fts: 'text', _ftsx: 1 } as const,
          weights: Object.fromEntries(search.map((field) => [field, 1])),
          default_language: 'none',
          language_override: 'textSearchLanguage',
          textIndexVersion: 3,
        },
      ];

/** Converts a definition. The tenant is the first field of every index of the definition. */
export const toStoredCollection = (definition: CollectionDefinition): StoredCollection => ({
  name: definition.name,
  schema: definition.schema,
  indexes: [
    ...Object.entries(definition.indexes).map(([index, { fields, unique }]) => ({
      name: index,
      key: Object.fromEntries(['tenantId', ...fields].map((field) => [field, 1])),
      ...(unique !== undefined && { unique: true }),
    })),
    ...createSearchIndexes(definition),
    ...createExpiryIndexes(definition),
  ],
});

const relax = ({ $jsonSchema }: ReturnType<typeof toSchemaValidator>, { optional, retired }: Relaxation) => ({
  $jsonSchema: {
    ...$jsonSchema,
    properties: { ...($jsonSchema['properties'] as object), ...Object.fromEntries(retired.map((name) => [name, {}])) },
    required: ($jsonSchema['required'] as string[]).filter((name) => !optional.includes(name)),
  },
});

/** Returns the options of a collection that reject every write its schema does not allow. */
export const validatorOptions = ({ schema, relaxed }: Pick<StoredCollection, 'schema' | 'relaxed'>) => ({
  validator: relaxed ? relax(toSchemaValidator(schema), relaxed) : toSchemaValidator(schema),
  validationLevel: 'strict',
  validationAction: 'error',
});

/** True when the stored options of a collection contain the validator of its definition. */
export const validatorMatches = (options: Document, collection: StoredCollection): boolean =>
  Object.entries(validatorOptions(collection)).every(([name, value]) => isDeepStrictEqual(options[name], value));
