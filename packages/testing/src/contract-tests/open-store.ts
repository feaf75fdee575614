import type { JournalRow, ModuleStore, StoreOptions } from '@plinth/data-kit';

export type OpenedStore<K> = {
  readonly store: ModuleStore<K>;
  /** Returns every journal row of the store, oldest first. */
  journalRows(): Promise<JournalRow[]>;
  close(): Promise<void>;
};

/** Opens an empty, prepared store for a suite. */
export type OpenStore = <K extends object>(collections: K, options: StoreOptions) => Promise<OpenedStore<K>>;
