import type { JournalRow } from '@plinth/data-kit';
import type { OpenStore } from '@plinth/testing';
import type { Db } from 'mongodb';
import { afterAll, beforeAll, expect } from 'vitest';
import { openTestDatastore, type TestDatastore } from '../src/testing/index.ts';

/** Opens a datastore for the tests of a file, and fails them when the query guard finds a fault. */
export const useDatastore = (): { readonly current: TestDatastore } => {
  let datastore: TestDatastore | undefined;
  const current = (): TestDatastore => {
    if (!datastore) throw new TypeError('The datastore is open only within tests.');
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

/** Makes the idempotency keys of a database older. */
export const ageKeys = async (db: Db, ms: number): Promise<void> => {
  await db.collection('idempotencyKeys').updateMany({}, [{ $set: { expiresAt: { $subtract: ['$expiresAt', ms] } } }]);
};

export const openOnMongod: OpenStore = async (collections, options) => {
  const datastore = await openTestDatastore();
  const store = datastore.open({ name: 'suite', collections }, options);
  await store.prepare();
  return {
    store,
    journalRows: async () => (await datastore.raw('suite', 'journal').all()) as unknown as JournalRow[],
    ageKeys: (ms) => ageKeys(datastore.client.db(`${datastore.databasePrefix}suite`), ms),
    close: async () => {
      // Every query of the suite used an index and named its tenant.
      const faults = await datastore.guard.check();
      await datastore.close();
      expect(faults).toEqual([]);
    },
  };
};
