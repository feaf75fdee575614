import type { JournalRow, ModuleStore, StoreOptions } from '@plinth/data-kit';

export type OpenedStore<K> = {
  readonly store: ModuleStore<K>;
  /** Every journal row of the store, oldest first. */
  journalRows(): Promise<JournalRow[]>;
  close(): Promise<void>;
};

/** Opens an empty, prepared store of its own for a suite. */
export type OpenStore = <K extends object>(collections: K, options: StoreOptions) => Promise<OpenedStore<K>>;
