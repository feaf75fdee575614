import type { ApiError, ExpectedVersions } from '@plinth/contract-kit';
import type { Ctx } from '../context/context.ts';
import type { CollectionDefinition } from './define-collection.ts';
import type { Change, Draft, Entity, ListQuery, Page, Where } from './entity.ts';
import type { Mapper } from './mapper.ts';

/**
 * A collection seen from one tenant. Reads go to the database now; writes are recorded in the write set of `ctx`
 * and committed after the action, all or none. A read does not see the writes recorded before it.
 */
export type TenantCollection<D extends Entity> = {
  /**
   * @param expected the version of `If-Match`, which every update with one must pass.
   * @throws `not-found` when the tenant has no such document, `stale-version` when it has another version.
   */
  get(id: string, expected?: { readonly version: ExpectedVersions }): Promise<D>;
  find(where: Where<D>): Promise<D | undefined>;
  /**
   * Returns a page of documents, or of their DTOs when `as` maps them. A mapped page is sent as it comes from the database
   * unless its items are read. @throws `invalid-cursor` for a cursor of another tenant, filter or sort.
   */
  list<T = D>(query: ListQuery<D>, as?: Mapper<D, T>): Promise<Page<T>>;
  /** Returns the documents of `ids` that exist in this tenant, in no particular order. */
  getMany(ids: readonly string[]): Promise<D[]>;
  /** @returns the document as it will be stored. */
  insert(draft: Draft<D>): D;
  /**
   * Holds only if the stored version is still that of `document`, else `conflictError`, by default `stale-version`.
   * @returns the document as it will be stored.
   */
  update(document: D, change: Change<D>, conflictError?: ApiError): D;
  /** Exactly one document matches at commit, else `conflictError` and nothing is written. */
  updateWhere(where: Where<D>, change: Change<D>, conflictError: ApiError): void;
  /**
   * Removes the document, or with `softDelete` hides it and frees its unique values. Holds only if the stored version is
   * still that of `document`, else `stale-version`.
   */
  remove(document: D): void;
  /** With `softDelete`: a removed document. @throws `not-found` when there is none, `notRemoved` when it is not removed. */
  getRemoved(id: string, notRemoved: ApiError): Promise<D>;
  /**
   * With `softDelete`: undoes a removal. A unique index refuses a value that was taken meanwhile. Holds only if the stored
   * version is still that of `document`, else `conflictError`. @returns the document as it will be stored.
   */
  restore(document: D, conflictError?: ApiError): D;
};

type SoftDeleteOperation = 'getRemoved' | 'restore';

/** A collection with the operations that its user needs and no others: `Collection<UserDocument, 'get' | 'update'>`. */
export type Collection<D extends Entity, Ops extends keyof TenantCollection<D>> = {
  for(ctx: Ctx): Pick<TenantCollection<D>, Ops>;
};

/** The document type of a definition. */
export type DocumentOf<C> = C extends CollectionDefinition<infer D> ? D : never;

/** The operations of the collection that a definition declares. */
export type OperationsOf<C> = C extends { readonly softDelete: true }
  ? keyof TenantCollection<Entity>
  : Exclude<keyof TenantCollection<Entity>, SoftDeleteOperation>;

/** The operations that an adapter provides on stored documents; `manageCollection` adds the others. */
export type StoredCollection<D extends Entity> = Omit<TenantCollection<D>, SoftDeleteOperation | 'get'> & {
  get(id: string): Promise<D>;
};

/** A unique index was violated. The host turns `code` into the declared error of the route that wrote. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
  readonly code: string;

  constructor(code: string, options?: { cause?: unknown }) {
    super(`A unique index was violated: ${code}.`, options);
    this.code = code;
  }
}
