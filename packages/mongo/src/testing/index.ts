export type { QueryGuard } from './query-guard.ts';
export { openTestDatastore, type RawCollection, type TestDatastore } from './test-datastore.ts';
