import type { Change, CollectionDefinition, Entity, Message } from '@plinth/data-kit';

/** A stored document; only the caller knows the type of the collection. */
export type Stored = Entity & Readonly<Record<string, unknown>>;

type Condition = { readonly isTarget: (document: Stored) => boolean; readonly conflictError: Error };

/** A retry or a drop of a dead message of a tenant. */
export type EndOfDead = {
  readonly kind: 'retry' | 'drop';
  readonly tenantId: string;
  readonly message: Message;
  readonly conflictError: Error;
};

/**
 * One recorded write. An update, a removal and a requirement succeed when exactly one document of the tenant matches at commit, and
 * `absent` when none does.
 */
export type Write =
  | { readonly kind: 'enqueue'; readonly message: Message }
  | EndOfDead
  | { readonly kind: 'insert'; readonly definition: CollectionDefinition; readonly document: Stored }
  | (Condition & {
      readonly kind: 'update';
      readonly definition: CollectionDefinition;
      readonly change: Change<Stored>;
      readonly now: Date;
    })
  | (Condition & {
      readonly kind: 'remove' | 'require' | 'absent';
      readonly definition: Pick<CollectionDefinition, 'name'>;
    });
