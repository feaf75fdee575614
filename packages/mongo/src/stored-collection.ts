import type { CollectionDefinition } from '@plinth/kernel';
import type { IndexDescription } from 'mongodb';
import type { z } from 'zod';
import { validatorOf } from './validator.ts';

/** A collection as the database knows it. */
export type StoredCollection = {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly indexes: readonly (IndexDescription & { readonly name: string })[];
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

/** The validator of a collection with how it is applied: to every write, which fails when it breaks it. */
export const lawOf = ({ schema }: Pick<StoredCollection, 'schema'>) => ({
  validator: validatorOf(schema),
  validationLevel: 'strict',
  validationAction: 'error',
});
