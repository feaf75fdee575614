import type { Change, CollectionDefinition, Entity } from '@plinth/data-kit';

/** A stored document; only the caller knows the type of the collection. */
export type Stored = Entity & Readonly<Record<string, unknown>>;

/** One recorded write. Any but an insert succeeds when exactly one document of the tenant matches at commit. */
export type Write = { readonly definition: CollectionDefinition } & (
  | { readonly kind: 'insert'; readonly document: Stored }
  | {
      readonly kind: 'update';
      readonly isTarget: (document: Stored) => boolean;
      readonly change: Change<Stored>;
      readonly now: Date;
      readonly conflictError: Error;
    }
  | { readonly kind: 'remove'; readonly isTarget: (document: Stored) => boolean; readonly conflictError: Error }
  | { readonly kind: 'require'; readonly isTarget: (document: Stored) => boolean; readonly conflictError: Error }
);
