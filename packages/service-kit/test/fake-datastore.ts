import type { Datastore } from '@plinth/data-kit';
import { fakeDatabase } from '@plinth/testing';

/** A datastore in memory. Contract tests of the port verify that it behaves like the real one. */
export const fakeDatastore = (): Datastore => ({
  open: (module, options) => fakeDatabase(module.collections as object, options).store as never,
  subscribe: async () => ({ ageMs: () => 0, stop: async () => undefined }),
  readJournal: async () => undefined,
  expireJournal: async () => [],
  withLease: async () => undefined,
  ping: async () => undefined,
  close: async () => undefined,
});
