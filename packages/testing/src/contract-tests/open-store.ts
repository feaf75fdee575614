import type { JournalRow, ModuleStore, StoreOptions } from '@plinth/data-kit';
import type { ManualClock } from '../clock.ts';

export type OpenedStore<K> = {
  readonly store: ModuleStore<K>;
  /** Returns every journal row of the store, oldest first. */
  journalRows(): Promise<JournalRow[]>;
  /** Makes the stored idempotency keys older, or advances the clock by which they expire. */
  ageKeys(ms: number): Promise<void>;
  close(): Promise<void>;
};

type SuiteOptions = StoreOptions & { readonly clock: ManualClock };

/** Opens an empty, prepared store for a suite. */
export type OpenStore = <K extends object>(collections: K, options: SuiteOptions) => Promise<OpenedStore<K>>;
