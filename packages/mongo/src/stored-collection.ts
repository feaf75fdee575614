import { isDeepStrictEqual } from 'node:util';
import type { CollectionDefinition } from '@plinth/data-kit';
import type { Document, IndexDescription } from 'mongodb';
import type { z } from 'zod';
import { validatorOf } from './validator.ts';

/** A collection as the database knows it. */
export type StoredCollection = {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly indexes: readonly (IndexDescription & { readonly name: string })[];
  readonly loosened?: Loosened;
};

/** What the law of a collection lets pass for the sake of older code. */
export type Loosened = {
  /** Fields that may be absent although the schema requires them. */
  readonly optional: readonly string[];
  /** Fields that may be present although the schema does not have them. */
  readonly retired: readonly string[];
};

/** What a definition asks of the database. The tenant comes first in every index. */
export const storedCollectionOf = ({ name, schema, indexes }: CollectionDefinition): StoredCollection => ({
  name,
  schema,
  indexes: Object.entries(indexes).map(([index, { fields, unique }]) => ({
    name: index,
    key: Object.fromEntries(['tenantId', ...fields].map((field) => [field, 1])),
    ...(unique !== undefined && { unique: true }),
  })),
});

const loosen = ({ $jsonSchema }: ReturnType<typeof validatorOf>, { optional, retired }: Loosened) => ({
  $jsonSchema: {
    ...$jsonSchema,
    properties: { ...($jsonSchema['properties'] as object), ...Object.fromEntries(retired.map((name) => [name, {}])) },
    required: ($jsonSchema['required'] as string[]).filter((name) => !optional.includes(name)),
  },
});

/** The validator of a collection with how it is applied: to every write, which fails when it breaks it. */
export const lawOf = ({ schema, loosened }: Pick<StoredCollection, 'schema' | 'loosened'>) => ({
  validator: loosened ? loosen(validatorOf(schema), loosened) : validatorOf(schema),
  validationLevel: 'strict',
  validationAction: 'error',
});

/** True when the options of a stored collection are the law that it should be under. */
export const isUnderLaw = (options: Document, collection: StoredCollection): boolean =>
  Object.entries(lawOf(collection)).every(([name, value]) => isDeepStrictEqual(options[name], value));
