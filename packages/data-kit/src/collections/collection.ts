import type { ApiError, ExpectedVersions } from '@plinth/contract-kit';
import type { Ctx } from '../context/context.ts';
import type { CollectionDefinition } from './define-collection.ts';
import type { Change, Draft, Entity, ListQuery, Page, Where } from './entity.ts';
import type { Mapper } from './mapper.ts';

/**
 * The documents of one tenant in a collection. Reads query the database at once. Writes are recorded in the write set of
 * `ctx` and committed together after the action, so reads of the same action do not see them. The documents that writes return
 * are frozen, and a later change of an argument has no effect.
 */
export type TenantCollection<D extends Entity> = {
  /**
   * @param expected the version of `If-Match`; required in every operation whose input has one.
   * @throws `not-found` when the tenant has no such document, `stale-version` when it has another version.
   */
  get(id: string, expected?: { readonly version: ExpectedVersions }): Promise<D>;
  find(where: Where<D>): Promise<D | undefined>;
  /**
   * Returns a page of documents, or of DTOs when `mapper` is present.
   * @throws `invalid-cursor` for a cursor of another tenant, filter or sort.
   */
  list<T = D>(query: ListQuery<D>, mapper?: Mapper<D, T>): Promise<Page<T>>;
  /** Returns the documents of `ids` that exist in this tenant, in no particular order. */
  getMany(ids: readonly string[]): Promise<D[]>;
  /** @returns the document as it will be stored. */
  insert(draft: Draft<D>): D;
  /**
   * Records an update. The commit fails with `conflictError`, by default `stale-version`, if the stored version is no longer
   * `document.version`. @returns the document as it will be stored.
   */
  update(document: D, change: Change<D>, conflictError?: ApiError): D;
  /** Records an update of the one document that matches `where`. The commit fails with `conflictError` unless exactly one does. */
  updateWhere(where: Where<D>, change: Change<D>, conflictError: ApiError): void;
  /**
   * Records the condition that a document that the decision depends on is still as it was read: the commit fails with
   * `conflictError`, by default `stale-version`, if the stored version is no longer `document.version`. It changes nothing.
   */
  require(document: D, conflictError?: ApiError): void;
  /**
   * Records the removal of a document; with `softDelete`, hides it and frees its unique values. The commit fails with
   * `stale-version` if the stored version is no longer `document.version`.
   */
  remove(document: D): void;
  /** With `softDelete`: returns a removed document. @throws `not-found` when none exists, `notRemoved` when it is not removed. */
  getRemoved(id: string, notRemoved: ApiError): Promise<D>;
  /**
   * With `softDelete`: undoes a removal. The commit fails with `conflictError` if the stored version is no longer
   * `document.version`, and with the error of a unique index if one of its values has been taken since.
   * @returns the document as it will be stored.
   */
  restore(document: D, conflictError?: ApiError): D;
  /**
   * With `softDelete`: records that a removed document is deleted for good. The commit fails with `conflictError`, by default
   * `stale-version`, if the stored version is no longer `document.version`.
   */
  purge(document: D, conflictError?: ApiError): void;
};

type SoftDeleteOperation = 'getRemoved' | 'restore' | 'purge';

/** A collection limited to the operations that an action needs: `Collection<UserDocument, 'get' | 'update'>`. */
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
export type StoredCollection<D extends Entity> = Omit<TenantCollection<D>, SoftDeleteOperation | 'get' | 'remove'> & {
  get(id: string): Promise<D>;
  remove(document: D, conflictError?: ApiError): void;
};

/** The violation of a unique index. The host responds with the error of that `code` that the route declares. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
  readonly code: string;

  constructor(code: string, options?: { cause?: unknown }) {
    super(`A unique index was violated: ${code}.`, options);
    this.code = code;
  }
}
