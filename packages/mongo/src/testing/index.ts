export { type CommandStep, connectObserved } from './connect-observed.ts';
export type { QueryGuard } from './query-guard.ts';
export { openRaw, type RawCollection, type RawDatabases } from './raw.ts';
export { openTestDatastore, type TestDatastore } from './test-datastore.ts';
