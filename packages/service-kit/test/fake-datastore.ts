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

type Stored = Readonly<Record<string, unknown>>;
type Documents = Readonly<Record<string, { all(): Stored[] }>>;

/** The datastore in memory, with documents that a test can read. */
export const openReadableDatastore = async () => {
  let documents: Documents = {};
  const open: Datastore['open'] = (module, options) => {
    const database = fakeDatabase(module.collections as object, options);
    documents = database as unknown as Documents;
    return database.store as never;
  };
  const raw = (_module: string, name: string) => ({ all: async () => documents[name]?.all() ?? [] });
  return { ...fakeDatastore(), open, raw };
};
