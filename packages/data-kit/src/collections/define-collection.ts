import { classifiedFields } from '@plinth/contract-kit';
import { z } from 'zod';
import type { ArrayKey, Entity, ScalarKey } from './entity.ts';
import { isArray } from './field-kinds.ts';

/**
 * The fields of an index in order; `tenantId` is prepended. It serves both sort directions. One of them may be an array, of
 * which the index has each element.
 * `unique` is the error code of a violation (`email-taken`).
 */
export type IndexSpec<Field extends string = string> = { readonly fields: readonly Field[]; readonly unique?: string };

/** A normalized copy of a text field, stored as `<field>Key` and used for uniqueness, filters and sorting. */
export type ComparisonKey = { readonly schema: z.ZodType<string>; readonly toKey: (text: string) => string };

/** A field with ids of documents of another collection, or of the same one, in the module. */
export type Reference = {
  readonly to: Pick<UntypedDefinition, 'name' | 'softDelete'>;
  /** The error code of a write when the document with this id does not exist in the tenant or is removed. */
  readonly missing: string;
  /** The error code of a removal of the document while another one refers to it. Without it, such a removal is a defect. */
  readonly used: string | undefined;
};

export type CollectionDefinition<D extends Entity = Entity> = {
  readonly name: string;
  /** The schema of stored documents, with the fields that the collection manages. */
  readonly schema: z.ZodType<D>;
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
  readonly tenancy: 'tenant';
  /** The indexes, by stored field names. */
  readonly indexes: Readonly<Record<string, IndexSpec>>;
  readonly softDelete: boolean;
  /** True when documents are never changed or removed. */
  readonly appendOnly: boolean;
  /** True when each commit that changes a document stores its state before in the collection `<name>History`. */
  readonly history: boolean;
  /** How many days after its soft delete a document is deleted for good. */
  readonly purgeAfterDays: number | undefined;
  /** How many days after its last change a document is deleted. */
  readonly expireAfterDays: number | undefined;
  /** How long documents keep their personal data, where it is not until their removal or purge. */
  readonly retention: string | undefined;
  readonly compareBy: Readonly<Record<string, ComparisonKey>>;
  /** By path: `productId`, or `lines.productId` for a field of the items of an array. */
  readonly references: Readonly<Record<string, Reference>>;
  /** The fields whose words `search` finds. */
  readonly search: readonly string[];
};

/** A collection definition without its document type. */
export type UntypedDefinition = Pick<
  CollectionDefinition,
  'name' | 'shape' | 'indexes' | 'softDelete' | 'compareBy' | 'references' | 'search'
>;

type TextKey<D> = { [K in keyof D & string]-?: NonNullable<D[K]> extends string ? K : never }[keyof D & string];
type Field<S extends z.core.$ZodType> = Exclude<ScalarKey<z.output<S>> | ArrayKey<z.output<S>>, 'tenantId'>;

/** The paths of fields that can have ids: a text, the items of an array, or a field of each item. */
type ReferencePath<D> = {
  [K in keyof D & string]-?: NonNullable<D[K]> extends string
    ? K
    : NonNullable<D[K]> extends readonly (infer E)[]
      ? E extends string
        ? K
        : `${K}.${TextKey<E>}`
      : never;
}[keyof D & string];

type ReferenceOptions = {
  /** A collection of the same module: its definition, or `self` for this one. */
  readonly to: Reference['to'] | 'self';
  readonly missing: Reference['missing'];
  readonly used?: string;
};

type CollectionOptions<
  S extends z.core.$ZodType,
  Soft extends boolean,
  Search,
  Append extends boolean,
  History extends boolean,
> = {
  readonly tenancy: 'tenant';
  /** `remove` hides a document instead of deleting it, and `restore` undoes that. */
  readonly softDelete?: Soft;
  /** There is no operation that changes or removes a document, and the role of services in MongoDB permits none. */
  readonly appendOnly?: Append;
  /**
   * Each commit that changes a document stores its state before in the collection that `defineHistory` declares. There is no
   * operation that removes a document, or changes one that it has not read.
   */
  readonly history?: History;
  /** With `softDelete`: after how many days a removed document is deleted for good. Required where there is personal data. */
  readonly purgeAfterDays?: number;
  /** After how many days without a change a document is deleted. Default: never. */
  readonly expireAfterDays?: number;
  /** How long documents keep their personal data, as the register of personal data shows it. Default: until their removal or purge. */
  readonly retention?: string;
  /** The text fields whose words `search` finds, by an index of their words. */
  readonly search?: Search;
  readonly compareBy?: { readonly [F in TextKey<z.output<S>>]?: ComparisonKey };
  readonly indexes: Readonly<Record<string, IndexSpec<Field<S>>>>;
  /**
   * A write that sets such a field fails unless the document with that id exists at commit, and a document is not removed while
   * another one refers to it. Each reference has an index.
   */
  readonly references?: { readonly [P in ReferencePath<z.output<S>>]?: ReferenceOptions };
};

/** The field that marks removed documents. It is always stored, because filters do not match an absent field. */
export const removedMarker = 'deleted';

const softDeleteFields = { [removedMarker]: z.boolean(), deletedAt: z.date().optional() };

/** Returns the name of the collection with the history of the collection `name`. */
export const toHistoryName = (name: string): string => `${name}History`;

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

const assertArraysIndexed = (
  name: string,
  indexes: UntypedDefinition['indexes'],
  shape: UntypedDefinition['shape'],
) => {
  for (const [index, { fields, unique }] of Object.entries(indexes)) {
    const arrays = fields.filter((field) => isArray(shape[field]));
    if (arrays.length > 1) {
      throw new TypeError(
        `${name}: the index '${index}' has two arrays, ${arrays.join(' and ')}. An index may have one.`,
      );
    }
    if (arrays.length > 0 && unique !== undefined) {
      throw new TypeError(
        `${name}: the unique index '${index}' has the array '${arrays[0]}'. Only single values are unique.`,
      );
    }
  }
};

const assertPurged = (
  name: string,
  schema: z.core.$ZodType,
  { softDelete, purgeAfterDays }: Pick<CollectionDefinition, 'softDelete' | 'purgeAfterDays'>,
): void => {
  if (!softDelete || purgeAfterDays !== undefined || classifiedFields([schema]).size === 0) return;
  throw new TypeError(
    `${name}: removed documents keep personal data. Set 'purgeAfterDays', after which they are deleted for good.`,
  );
};

const toReferences = (
  references: Readonly<Record<string, ReferenceOptions | undefined>>,
  self: Reference['to'],
): Record<string, Reference> =>
  Object.fromEntries(
    Object.entries(references).flatMap(([path, options]) => {
      if (!options) return [];
      const { to, missing, used } = options;
      return [[path, { to: to === 'self' ? self : to, missing, used }]];
    }),
  );

/** Adds an index for each reference that no index begins with. A removal uses it to find the documents that refer to the removed one. */
const withReferenceIndexes = (
  indexes: Readonly<Record<string, IndexSpec>>,
  references: Readonly<Record<string, Reference>>,
): Record<string, IndexSpec> => {
  const first = new Set(Object.values(indexes).map(({ fields }) => fields[0]));
  const added = Object.keys(references).filter((path) => !first.has(path));
  return { ...indexes, ...Object.fromEntries(added.map((path) => [`reference-${path}`, { fields: [path] }])) };
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

/** The options that decide which operations a collection has. */
type Declared<Soft, Search, Append, History> = {
  readonly softDelete: Soft;
  readonly search: Search;
  readonly appendOnly: Append;
  readonly history: History;
};

/**
 * Declares a collection. Every index begins with the tenant, so unique values are unique per tenant. An index for a list
 * ends with the sorted field and `_id`.
 * @throws for an index with two arrays, or a unique one with an array; with `softDelete`, when a unique index has no field with a comparison key, or personal data has no `purgeAfterDays`.
 */
export const defineCollection = <
  S extends z.core.$ZodObject & z.core.$ZodType<Entity>,
  const Soft extends boolean = false,
  const Search extends readonly TextKey<z.output<S>>[] = readonly [],
  const Append extends boolean = false,
  const History extends boolean = false,
>(
  name: string,
  schema: S,
  options: CollectionOptions<S, Soft, Search, Append, History>,
): CollectionDefinition<z.output<S>> & Declared<Soft, Search, Append, History> => {
  const { tenancy, softDelete, purgeAfterDays, expireAfterDays, retention, search, compareBy, indexes, references } =
    options;
  if (softDelete && options.history) {
    throw new TypeError(`${name}: a collection with a history has no 'softDelete'. Keep one of them.`);
  }
  const managed = { softDelete: softDelete === true, compareBy: (compareBy ?? {}) as UntypedDefinition['compareBy'] };
  assertUniqueKeysFreed(name, indexes, managed);
  const stored = toStoredSchema(schema as unknown as z.ZodObject<z.core.$ZodShape>, managed);
  if (search && Object.hasOwn(indexes, 'search')) {
    throw new TypeError(`${name}: 'search' is the name of the index of words. Rename the other index.`);
  }
  assertArraysIndexed(name, indexes, stored._zod.def.shape);
  assertPurged(name, stored, { ...managed, purgeAfterDays });
  const storedReferences = toReferences(references ?? {}, { name, softDelete: managed.softDelete });
  const storedIndexes = Object.entries(withReferenceIndexes(indexes, storedReferences)).map(([index, spec]) => [
    index,
    toStoredIndex(spec, managed),
  ]);
  return {
    name,
    tenancy,
    appendOnly: options.appendOnly === true,
    history: options.history === true,
    purgeAfterDays,
    expireAfterDays,
    retention,
    search: search ?? [],
    ...managed,
    schema: stored,
    shape: stored._zod.def.shape,
    indexes: Object.fromEntries(storedIndexes),
    references: storedReferences,
  } as unknown as CollectionDefinition<z.output<S>> & Declared<Soft, Search, Append, History>;
};
