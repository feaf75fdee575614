import { z } from 'zod';
import { type Entity, type ScalarKey } from './entity.ts';

/**
 * An index: the fields that it orders, after the tenant, which comes first. It is read in both directions.
 * `unique` names the error code of its violation (`email-taken`).
 */
export type IndexSpec<Field extends string = string> = { readonly fields: readonly Field[]; readonly unique?: string };

/** Another form of a text field, stored beside it as `<field>Key`, by which the field is unique, filtered and sorted. */
export type ComparisonKey = { readonly schema: z.ZodType<string>; readonly toKey: (text: string) => string };

export type CollectionDefinition<D extends Entity = Entity> = {
  readonly name: string;
  /** The schema of stored documents, with the fields that the collection manages. */
  readonly schema: z.ZodType<D>;
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
  readonly tenancy: 'tenant';
  /** The indexes with the names of the stored fields. */
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  readonly softDelete: boolean;
  readonly compareBy: Readonly<Record<string, ComparisonKey>>;
};

/** The part of a definition that does not depend on the type of its documents. */
export type Indexed = Pick<CollectionDefinition, 'name' | 'shape' | 'indexes' | 'softDelete' | 'compareBy'>;

type TextKey<D> = { [K in keyof D & string]-?: NonNullable<D[K]> extends string ? K : never }[keyof D & string];
type Field<S extends z.ZodType> = Exclude<ScalarKey<z.output<S>>, 'tenantId'>;

type CollectionOptions<S extends z.ZodType, Soft extends boolean> = {
  readonly tenancy: 'tenant';
  /** `remove` hides a document instead of deleting it, and `restore` undoes that. */
  readonly softDelete?: Soft;
  readonly compareBy?: { readonly [F in TextKey<z.output<S>>]?: ComparisonKey };
  readonly indexes: Readonly<Record<string, IndexSpec<Field<S>>>>;
};

/** Marks removed documents. It is never absent, because no filter finds an absent field. */
export const removedMarker = 'deleted';

const SoftDeletion = { [removedMarker]: z.boolean(), deletedAt: z.date().optional() };

/** The stored name of the comparison key of a field. */
export const toKeyField = (field: string): string => `${field}Key`;

/** The stored name of the field by which `field` is compared. */
export const toComparedField = ({ compareBy }: Pick<Indexed, 'compareBy'>, field: string): string =>
  Object.hasOwn(compareBy, field) ? toKeyField(field) : field;

/** The name in the definition of a stored field. */
export const toDeclaredField = ({ compareBy }: Pick<Indexed, 'compareBy'>, stored: string): string =>
  Object.keys(compareBy).find((field) => toKeyField(field) === stored) ?? stored;

type Managed = Pick<Indexed, 'softDelete' | 'compareBy'>;

/** The fields that the collection writes by itself, besides those of every entity. */
export const getManagedFields = ({ softDelete, compareBy }: Indexed): string[] => [
  ...Object.keys(compareBy).map((field) => toKeyField(field)),
  ...(softDelete ? Object.keys(SoftDeletion) : []),
];

const toStoredIndex = ({ fields, unique }: IndexSpec, definition: Managed): IndexSpec => {
  const stored = fields.map((field) => toComparedField(definition, field));
  if (unique !== undefined) return { fields: stored, unique };
  return { fields: definition.softDelete ? [removedMarker, ...stored] : stored };
};

const assertFreed = (name: string, indexes: Indexed['indexes'], { softDelete, compareBy }: Managed): void => {
  const isHeld = ({ fields, unique }: IndexSpec): boolean =>
    unique !== undefined && !fields.some((field) => Object.hasOwn(compareBy, field));
  const held = Object.entries(indexes).find(([, spec]) => softDelete && isHeld(spec));
  if (held === undefined) return;
  throw new TypeError(
    `${name}: the unique index '${held[0]}' needs a field of 'compareBy', because a removed document frees its key.`,
  );
};

/** The schema with the fields that the collection manages; the key of an optional field is optional. */
const toStoredSchema = (schema: z.ZodObject<z.core.$ZodShape>, { softDelete, compareBy }: Managed) => {
  const { shape } = schema._zod.def;
  const keys = Object.entries(compareBy).map(([field, key]) => {
    const isOptional = shape[field]?._zod.optin === 'optional';
    return [toKeyField(field), isOptional ? key.schema.optional() : key.schema] as const;
  });
  return schema.safeExtend({ ...Object.fromEntries(keys), ...(softDelete && SoftDeletion) });
};

/**
 * Declares a collection. Every index and every unique constraint begins with the tenant, so none spans tenants;
 * an index that serves a list ends with the sorted field and `_id`.
 * @throws with `softDelete`, when a unique index has no comparison key that a removed document can give up.
 */
export const defineCollection = <
  S extends z.ZodObject<z.core.$ZodShape> & z.ZodType<Entity>,
  const Soft extends boolean = false,
>(
  name: string,
  schema: S,
  { tenancy, softDelete, compareBy, indexes }: CollectionOptions<S, Soft>,
): CollectionDefinition<z.output<S>> & { readonly softDelete: Soft } => {
  const managed = { softDelete: softDelete === true, compareBy: (compareBy ?? {}) as Indexed['compareBy'] };
  assertFreed(name, indexes, managed);
  const stored = toStoredSchema(schema, managed);
  const storedIndexes = Object.entries<IndexSpec>(indexes).map(([index, spec]) => [
    index,
    toStoredIndex(spec, managed),
  ]);
  return {
    name,
    tenancy,
    ...managed,
    schema: stored,
    shape: stored._zod.def.shape,
    indexes: Object.fromEntries(storedIndexes),
  } as unknown as CollectionDefinition<z.output<S>> & { readonly softDelete: Soft };
};
