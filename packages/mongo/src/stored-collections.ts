import type { CollectionDefinition, Entity, StoredModule } from '@plinth/data-kit';
import { type StoredCollection, toStoredCollection } from './collections/stored-collection.ts';
import { inboxCollection } from './inbox/inbox-collection.ts';
import { pausesCollection } from './inbox/pauses.ts';
import { schedulesCollection } from './inbox/schedules.ts';
import { keysCollection } from './journal/idempotency-keys.ts';
import { journalCollection } from './journal/journal.ts';
import { leasesCollection } from './leases/leases-collection.ts';

export type NamedDefinitions = Readonly<Record<string, CollectionDefinition<Entity>>>;

export const toDefinitions = (collections: unknown): NamedDefinitions => collections as NamedDefinitions;

/** Returns the collections in the database of a module: its own ones and those of every module. */
export const listStoredCollections = <K>(module: StoredModule<K>): StoredCollection[] => [
  ...Object.values(toDefinitions(module.collections)).map(toStoredCollection),
  journalCollection,
  keysCollection,
  inboxCollection,
  pausesCollection,
  schedulesCollection,
  leasesCollection,
];
