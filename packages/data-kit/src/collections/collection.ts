import type { ApiError } from '@plinth/contract-kit';
import type { z } from 'zod';
import type { Ctx } from '../context/context.ts';
import type { Change, Draft, Entity, ListQuery, Page, ScalarKey, Where } from './entity.ts';
import type { Mapper } from './mapper.ts';

/**
 * A collection seen from one tenant. Reads go to the database now; writes are recorded in the write set of `ctx`
 * and committed after the action, all or none. A read does not see the writes recorded before it.
 */
export type TenantCollection<D extends Entity> = {
  /** @throws `not-found` when there is none in this tenant. */
  get(id: string): Promise<D>;
  find(where: Where<D>): Promise<D | undefined>;
  /**
   * A page of documents, or of what `as` makes of each. Such a page is sent as it comes from the database when nobody has
   * looked into it. @throws `invalid-cursor` for a cursor of another tenant, filter or sort.
   */
  list<T = D>(query: ListQuery<D>, as?: Mapper<D, T>): Promise<Page<T>>;
  /** Those of `ids` that exist in this tenant, in no particular order. */
  getMany(ids: readonly string[]): Promise<D[]>;
  /** @returns the document as it will be stored. */
  insert(draft: Draft<D>): D;
  /**
   * Holds only if the stored version is still that of `document`, else `conflictError`, which is `stale-version` unless it is
   * given. @returns the document as it will be stored.
   */
  update(document: D, change: Change<D>, conflictError?: ApiError): D;
  /** Exactly one document matches at commit, else `conflictError` and nothing is written. */
  updateWhere(where: Where<D>, change: Change<D>, conflictError: ApiError): void;
  /** Holds only if the stored version is still that of `document`, else `stale-version`. */
  remove(document: D): void;
};

/** A collection with the operations that its user needs and no others: `Collection<UserDocument, 'get' | 'update'>`. */
export type Collection<D extends Entity, Ops extends keyof TenantCollection<D>> = {
  for(ctx: Ctx): Pick<TenantCollection<D>, Ops>;
};

/**
 * An index: the fields that it orders, after the tenant, which is put before all. It is read in both directions.
 * `unique` names the error code of its violation (`email-taken`).
 */
export type IndexSpec<Field extends string = string> = { readonly fields: readonly Field[]; readonly unique?: string };

export type CollectionDefinition<D extends Entity = Entity> = {
  readonly name: string;
  readonly schema: z.ZodType<D>;
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
  readonly tenancy: 'tenant';
  readonly indexes: Readonly<Record<string, IndexSpec>>;
};

/** What of a definition says how its documents are found, whatever their type. */
export type Indexed = Pick<CollectionDefinition, 'name' | 'shape' | 'indexes'>;

/** The document type of a definition. */
export type DocumentOf<C> = C extends CollectionDefinition<infer D> ? D : never;

/**
 * Declares a collection. Every index and every unique constraint begins with the tenant, so none spans tenants;
 * an index that serves a list ends with the sorted field and `_id`.
 */
export const defineCollection = <S extends z.ZodObject<z.core.$ZodShape> & z.ZodType<Entity>>(
  name: string,
  schema: S,
  options: {
    readonly tenancy: 'tenant';
    readonly indexes: Readonly<Record<string, IndexSpec<Exclude<ScalarKey<z.output<S>>, 'tenantId'>>>>;
  },
): CollectionDefinition<z.output<S>> => ({
  name,
  schema: schema as unknown as z.ZodType<z.output<S>>,
  shape: schema._zod.def.shape,
  ...options,
});

/** A unique index was violated. The host turns `code` into the declared error of the route that wrote. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
  readonly code: string;

  constructor(code: string, options?: { cause?: unknown }) {
    super(`A unique index was violated: ${code}.`, options);
    this.code = code;
  }
}
