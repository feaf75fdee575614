import { classifiedFields } from '@plinth/contract-kit';
import { z } from 'zod';
import { type Entity, type ScalarKey } from './entity.ts';

/**
 * The fields of an index in order; `tenantId` is prepended. It serves both sort directions.
 * `unique` is the error code of a violation (`email-taken`).
 */
export type IndexSpec<Field extends string = string> = { readonly fields: readonly Field[]; readonly unique?: string };

/** A normalized copy of a text field, stored as `<field>Key` and used for uniqueness, filters and sorting. */
export type ComparisonKey = { readonly schema: z.ZodType<string>; readonly toKey: (text: string) => string };

export type CollectionDefinition<D extends Entity = Entity> = {
  readonly name: string;
  /** The schema of stored documents, with the fields that the collection manages. */
  readonly schema: z.ZodType<D>;
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
  readonly tenancy: 'tenant';
  /** The indexes, by stored field names. */
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  readonly softDelete: boolean;
  /** How many days after its soft delete a document is deleted for good. */
  readonly purgeAfterDays: number | undefined;
  readonly compareBy: Readonly<Record<string, ComparisonKey>>;
};

/** A collection definition without its document type. */
export type UntypedDefinition = Pick<CollectionDefinition, 'name' | 'shape' | 'indexes' | 'softDelete' | 'compareBy'>;

type TextKey<D> = { [K in keyof D & string]-?: NonNullable<D[K]> extends string ? K : never }[keyof D & string];
type Field<S extends z.ZodType> = Exclude<ScalarKey<z.output<S>>, 'tenantId'>;

type CollectionOptions<S extends z.ZodType, Soft extends boolean> = {
  readonly tenancy: 'tenant';
  /** `remove` hides a document instead of deleting it, and `restore` undoes that. */
  readonly softDelete?: Soft;
  /** With `softDelete`: after how many days a removed document is deleted for good. Required where there is personal data. */
  readonly purgeAfterDays?: number;
  readonly compareBy?: { readonly [F in TextKey<z.output<S>>]?: ComparisonKey };
  readonly indexes: Readonly<Record<string, IndexSpec<Field<S>>>>;
};

/** The field that marks removed documents. It is always stored, because filters do not match an absent field. */
export const removedMarker = 'deleted';

const softDeleteFields = { [removedMarker]: z.boolean(), deletedAt: z.date().optional() };

/** Converts a field name to the stored name of its comparison key. */
export const toKeyField = (field: string): string => `${field}Key`;

/** Returns the stored name of the comparison key of `field`, or of `field` itself when it has none. */
export const toComparedField = ({ compareBy }: Pick<UntypedDefinition, 'compareBy'>, field: string): string =>
  Object.hasOwn(compareBy, field) ? toKeyField(field) : field;

/** Returns the name that the definition uses for a stored field. */
export const toDeclaredField = ({ compareBy }: Pick<UntypedDefinition, 'compareBy'>, stored: string): string =>
  Object.keys(compareBy).find((field) => toKeyField(field) === stored) ?? stored;

type ManagedFieldOptions = Pick<UntypedDefinition, 'softDelete' | 'compareBy'>;

/** Returns the fields that the collection writes itself, besides those of every entity. */
export const getManagedFields = ({ softDelete, compareBy }: UntypedDefinition): string[] => [
  ...Object.keys(compareBy).map((field) => toKeyField(field)),
  ...(softDelete ? Object.keys(softDeleteFields) : []),
];

const toStoredIndex = ({ fields, unique }: IndexSpec, definition: ManagedFieldOptions): IndexSpec => {
  const stored = fields.map((field) => toComparedField(definition, field));
  if (unique !== undefined) return { fields: stored, unique };
  return { fields: definition.softDelete ? [removedMarker, ...stored] : stored };
};

const assertUniqueKeysFreed = (
  name: string,
  indexes: UntypedDefinition['indexes'],
  { softDelete, compareBy }: ManagedFieldOptions,
): void => {
  const keepsKey = ({ fields, unique }: IndexSpec): boolean =>
    unique !== undefined && !fields.some((field) => Object.hasOwn(compareBy, field));
  const invalid = Object.entries(indexes).find(([, spec]) => softDelete && keepsKey(spec));
  if (invalid === undefined) return;
  throw new TypeError(
    `${name}: the unique index '${invalid[0]}' needs a field of 'compareBy', because a soft delete frees the value by changing its key.`,
  );
};

const assertPurged = (
  name: string,
  schema: z.ZodType,
  { softDelete, purgeAfterDays }: Pick<CollectionDefinition, 'softDelete' | 'purgeAfterDays'>,
): void => {
  if (!softDelete || purgeAfterDays !== undefined || classifiedFields([schema]).size === 0) return;
  throw new TypeError(
    `${name}: removed documents keep personal data. Set 'purgeAfterDays', after which they are deleted for good.`,
  );
};

/** Adds the managed fields to a schema. The key of an optional field is optional. */
const toStoredSchema = (schema: z.ZodObject<z.core.$ZodShape>, { softDelete, compareBy }: ManagedFieldOptions) => {
  const { shape } = schema._zod.def;
  const keys = Object.entries(compareBy).map(([field, key]) => {
    const isOptional = shape[field]?._zod.optin === 'optional';
    return [toKeyField(field), isOptional ? key.schema.optional() : key.schema] as const;
  });
  return schema.safeExtend({ ...Object.fromEntries(keys), ...(softDelete && softDeleteFields) });
};

/**
 * Declares a collection. Every index begins with the tenant, so unique values are unique per tenant. An index for a list
 * ends with the sorted field and `_id`.
 * @throws with `softDelete`, when a unique index has no field with a comparison key, or personal data has no `purgeAfterDays`.
 */
export const defineCollection = <
  S extends z.ZodObject<z.core.$ZodShape> & z.ZodType<Entity>,
  const Soft extends boolean = false,
>(
  name: string,
  schema: S,
  { tenancy, softDelete, purgeAfterDays, compareBy, indexes }: CollectionOptions<S, Soft>,
): CollectionDefinition<z.output<S>> & { readonly softDelete: Soft } => {
  const managed = { softDelete: softDelete === true, compareBy: (compareBy ?? {}) as UntypedDefinition['compareBy'] };
  assertUniqueKeysFreed(name, indexes, managed);
  const stored = toStoredSchema(schema, managed);
  assertPurged(name, stored, { ...managed, purgeAfterDays });
  const storedIndexes = Object.entries<IndexSpec>(indexes).map(([index, spec]) => [
    index,
    toStoredIndex(spec, managed),
  ]);
  return {
    name,
    tenancy,
    purgeAfterDays,
    ...managed,
    schema: stored,
    shape: stored._zod.def.shape,
    indexes: Object.fromEntries(storedIndexes),
  } as unknown as CollectionDefinition<z.output<S>> & { readonly softDelete: Soft };
};
