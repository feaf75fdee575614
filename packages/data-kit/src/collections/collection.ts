import type { ApiError, ExpectedVersions } from '@plinth/contract-kit';
import type { Ctx } from '../context/context.ts';
import type { SearchQuery, StoredSearchQuery } from '../search/search.ts';
import type { Summary, SummaryQuery, SummaryRow } from '../summaries/summary.ts';
import type { CollectionDefinition } from './define-collection.ts';
import type { Change, Draft, Entity, ListQuery, Origin, Page, Where } from './entity.ts';
import type { Mapper } from './mapper.ts';
import type { Fields } from './stored-fields.ts';

/**
 * The documents of one tenant in a collection. Reads query the database immediately. Writes are recorded in the write set of
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
  /**
   * Returns the documents that match `where` and have at least one word of `text` in the searched fields: those with more of its
   * words first. Words are compared whole, without case and accents. A text without words finds nothing.
   */
  search(query: SearchQuery<D>): Promise<D[]>;
  /**
   * Groups, counts and adds up the documents that match `where`, sorted by day and group. Returns no group when nothing matches.
   * @throws `tooLarge` for more than `groupsMax` groups, more than 100,000 documents, or a sum beyond 2^53 − 1.
   */
  summarise<const Q extends SummaryQuery<D>>(query: Q, tooLarge: ApiError): Promise<Summary<D, Q>[]>;
  /** Returns the documents of `ids` that exist in this tenant, in no particular order. */
  getMany(ids: readonly string[]): Promise<D[]>;
  /** @param origin the id and the time, by default new ones. @returns the document as it will be stored. */
  insert(draft: Draft<D>, origin?: Origin): D;
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
   * Records the condition that exactly one document matches `where`, whatever else has changed in it. It changes nothing. The
   * document is locked; one that another request inserts at the same moment is not noticed, so name one document: by its id or
   * by the fields of a unique index.
   */
  require(where: Where<D>, conflictError: ApiError): void;
  /**
   * Records the removal of a document; with `softDelete`, hides it and frees its unique values. The commit fails with
   * `conflictError`, by default `stale-version`, if the stored version is no longer `document.version`.
   */
  remove(document: D, conflictError?: ApiError): void;
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

type ChangeOperation = 'update' | 'updateWhere' | 'require' | 'remove';
type SoftDeleteOperation = 'getRemoved' | 'restore' | 'purge';

/** A collection limited to the operations that an action needs: `Collection<UserDocument, 'get' | 'update'>`. */
export type Collection<D extends Entity, Ops extends keyof TenantCollection<D>> = {
  for(ctx: Ctx): Pick<TenantCollection<D>, Ops>;
};

/** The document type of a definition. */
export type DocumentOf<C> = C extends CollectionDefinition<infer D> ? D : never;

/** The operations of the collection that a definition declares. */
export type OperationsOf<C> = Exclude<
  keyof TenantCollection<Entity>,
  | (C extends { readonly appendOnly: true } ? ChangeOperation : never)
  | (C extends { readonly history: true } ? 'updateWhere' | 'remove' : never)
  | (C extends { readonly softDelete: true } ? never : SoftDeleteOperation)
  | (C extends { readonly search: readonly [string, ...string[]] } ? never : 'search')
>;

/** The operations that an adapter provides on stored documents; `manageCollection` adds the others. */
export type StoredCollection<D extends Entity> = Omit<
  TenantCollection<D>,
  SoftDeleteOperation | 'get' | 'require' | 'summarise' | 'search'
> & {
  get(id: string): Promise<D>;
  require(document: D, conflictError?: ApiError): void;
  summarise(query: SummaryQuery<D>): Promise<SummaryRow[]>;
  /** Records the condition that exactly one document of a collection of the module matches a stored filter, and locks it. */
  requireOne(collection: string, where: Fields, conflictError: Error): void;
  /** Records the condition that no document of a collection of the module has these values. A path may lead into arrays. */
  requireNone(collection: string, values: Fields, conflictError: Error): void;
  search(query: StoredSearchQuery<D>): Promise<D[]>;
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
