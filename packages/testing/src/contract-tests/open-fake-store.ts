import { fakeDatabase } from '../fake/database.ts';
import type { OpenStore } from './open-store.ts';

/** Opens the datastore in memory for a suite. */
export const openFakeStore: OpenStore = async (collections, options) => {
  const { store, journalRows } = fakeDatabase(collections, options);
  return {
    store,
    journalRows: async () => journalRows(),
    ageKeys: async (ms) => options.clock.advance(ms),
    close: async () => undefined,
  };
};
