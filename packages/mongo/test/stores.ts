import type { JournalRow } from '@plinth/data-kit';
import { fakeDatabase, type OpenStore } from '@plinth/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { openTestDatastore, type TestDatastore } from '../src/testing/index.ts';

/** A datastore of its own for the tests of a file. */
export const useDatastore = (): { readonly current: TestDatastore } => {
  let datastore: TestDatastore | undefined;
  const current = (): TestDatastore => {
    if (!datastore) throw new TypeError('The datastore is there from the first test on.');
    return datastore;
  };
  beforeAll(async () => {
    datastore = await openTestDatastore();
  });
  afterAll(async () => {
    const faults = await current().guard.check();
    await current().close();
    expect(faults).toEqual([]);
  });
  return {
    get current() {
      return current();
    },
  };
};

export const openOnMongod: OpenStore = async (collections, options) => {
  const datastore = await openTestDatastore();
  const store = datastore.open({ name: 'suite', collections }, options);
  await store.prepare();
  return {
    store,
    journalRows: async () => (await datastore.raw('suite', 'journal').all()) as unknown as JournalRow[],
    close: async () => {
      // Every query of the suite went by an index and with its tenant.
      const faults = await datastore.guard.check();
      await datastore.close();
      expect(faults).toEqual([]);
    },
  };
};

export const openOnFake: OpenStore = async (collections, options) => {
  const { store, journalRows } = fakeDatabase(collections, options);
  return { store, journalRows: async () => journalRows(), close: async () => undefined };
};
