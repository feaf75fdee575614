import type { Collection, CollectionDefinition, DocumentOf, Scoped, UnitOfWork } from './collection.ts';
import type { Clock, Ids } from './context.ts';
import type { Events } from './event.ts';
import type { Journal } from './journal.ts';

export type Definitions = Readonly<Record<string, CollectionDefinition<never>>>;

/** The collections of a module, each with every operation; an action asks for fewer. */
export type CollectionsOf<K> = {
  readonly [N in keyof K]: Collection<DocumentOf<K[N]>, keyof Scoped<DocumentOf<K[N]>>>;
};

/** What one module owns of a datastore. */
export type ModuleStore<K> = {
  readonly collections: CollectionsOf<K>;
  readonly unitOfWork: UnitOfWork;
  /** For actions: events become part of the write set. */
  readonly events: Events;
  /** For the host alone: what was answered to calls with a key. */
  readonly journal: Journal;
  /** Makes collections, indexes and validators what their definitions say. Safe to repeat. */
  prepare(): Promise<void>;
};

export type StoreOptions = { readonly clock: Clock; readonly ids: Ids };

/** Where modules keep their documents: one database each. */
export type Datastore = {
  open<K>(module: { readonly name: string; readonly collections: K }, options: StoreOptions): ModuleStore<K>;
  /** @throws when the datastore cannot be reached within a second or cannot commit transactions. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
