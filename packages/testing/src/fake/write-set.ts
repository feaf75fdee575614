import type { Change, CollectionDefinition, Entity } from '@plinth/data-kit';

/** A document as the fake holds it: the type of its collection is known to its caller only. */
export type Stored = Entity & Readonly<Record<string, unknown>>;

/** One recorded write. An update or a removal holds when exactly one document of the tenant matches at commit. */
export type Write = { readonly definition: CollectionDefinition } & (
  | { readonly kind: 'insert'; readonly document: Stored }
  | {
      readonly kind: 'update';
      readonly isMeant: (document: Stored) => boolean;
      readonly change: Change<Stored>;
      readonly now: Date;
      readonly conflictError: Error;
    }
  | { readonly kind: 'remove'; readonly isMeant: (document: Stored) => boolean; readonly conflictError: Error }
);
