import type { ModuleStore, StoreOptions } from '@plinth/kernel';

export type OpenedStore<K> = { readonly store: ModuleStore<K>; close(): Promise<void> };

/** Opens an empty, prepared store of its own for a suite. */
export type OpenStore = <K extends object>(collections: K, options: StoreOptions) => Promise<OpenedStore<K>>;
