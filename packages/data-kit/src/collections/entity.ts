import { z } from 'zod';

/** An id as it is stored: a UUIDv7 in lower case. */
export const StoredId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'must be a UUIDv7 in lower case')
  .meta({ format: 'uuid' });

/** The fields of every stored document. `version` begins at 1 and grows with each change. */
export const Entity = z.object({
  _id: StoredId,
  tenantId: StoredId,
  version: z.int().min(1),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type Entity = z.infer<typeof Entity>;

type Scalar = string | number | boolean | Date;

/** The fields of a document that a filter or a sort may name. */
export type ScalarKey<D> = {
  [K in keyof D & string]-?: NonNullable<D[K]> extends Scalar ? K : never;
}[keyof D & string];

/** The fields of a document that are arrays of scalar values. A filter compares their elements. */
export type ArrayKey<D> = {
  [K in keyof D & string]-?: NonNullable<D[K]> extends readonly Scalar[] ? K : never;
}[keyof D & string];

type Condition<T> =
  | T
  | { readonly $in: readonly T[] }
  | { readonly $gt?: T; readonly $gte?: T; readonly $lt?: T; readonly $lte?: T };

type Membership<T> = T | { readonly $in: readonly T[] };

/**
 * A filter. A condition on an array matches when one of its elements does. The tenant is never part of a filter: the collection
 * adds it.
 */
export type Where<D extends Entity> = {
  readonly [K in Exclude<ScalarKey<D>, 'tenantId'>]?: Condition<NonNullable<D[K]>>;
} & { readonly [K in ArrayKey<D>]?: Membership<Element<D[K]>> } & { readonly tenantId?: never };

/** The fields that the caller writes; the collection writes the others. */
type Own<D extends Entity> = Omit<D, keyof Entity>;
type OptionalKey<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
type KeyOf<T, V> = { [K in keyof T]-?: NonNullable<T[K]> extends V ? K : never }[keyof T];
type Element<T> = NonNullable<T> extends readonly (infer E)[] ? E : never;
type Never = { readonly [K in keyof Entity]?: never };

/** A new document without the fields that the collection adds: id, tenant, version and times. */
export type Draft<D extends Entity> = Own<D> & Never;

/** The id and the time of a document that is a copy of something older, such as a journal row. */
export type Origin = { readonly id: string; readonly at: Date };

/** The items that `$pull` removes: those that equal a scalar value, or that have all of these fields. */
type Pulled<E> = E extends Scalar ? E : { readonly [F in ScalarKey<E>]?: NonNullable<E[F]> };

/**
 * A change of stored fields. Version and `updatedAt` are added by the collection. `$push` appends an item, `$addToSet` only if
 * no item equals it. `$pull` removes every item that matches: the array stays, even if it is empty then.
 */
export type Change<D extends Entity> = {
  readonly $set?: Partial<Own<D>> & Never;
  readonly $inc?: { readonly [K in KeyOf<Own<D>, number>]?: number };
  readonly $unset?: { readonly [K in OptionalKey<Own<D>>]?: true };
  readonly $push?: { readonly [K in KeyOf<Own<D>, readonly unknown[]>]?: Element<Own<D>[K]> };
  readonly $addToSet?: { readonly [K in KeyOf<Own<D>, readonly Scalar[]>]?: Element<Own<D>[K]> };
  readonly $pull?: { readonly [K in KeyOf<Own<D>, readonly unknown[]>]?: Pulled<Element<Own<D>[K]>> };
};

/** A sort: the name of a field, with `-` before it for descending. Ties are broken by `_id`. */
export type Sort<D extends Entity> = ScalarKey<D> | `-${ScalarKey<D>}`;

/** A request for one page of a list. `limit` is 1–100; `cursor` is the `nextCursor` of the previous page. */
export type ListQuery<D extends Entity> = {
  readonly where: Where<D>;
  readonly sort: Sort<D>;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type Page<T> = { readonly items: T[]; readonly nextCursor: string | null };
