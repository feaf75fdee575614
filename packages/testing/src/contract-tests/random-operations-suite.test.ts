import { fakeDatabase } from '../fake/database.ts';
import type { OpenStore } from './open-store.ts';
import { randomOperationsSuite } from './random-operations-suite.ts';

const openFake: OpenStore = async (collections, options) => {
  const { store, journalRows } = fakeDatabase(collections, options);
  return { store, journalRows: async () => journalRows(), close: async () => {} };
};

randomOperationsSuite('two fakes', [openFake, openFake]);
