import { fakeDatabase } from '../fake/database.ts';
import type { OpenStore } from './open-store.ts';
import { randomOperationsSuite } from './random-operations-suite.ts';

const openFake: OpenStore = async (collections, options) => {
  const { store, receipts } = fakeDatabase(collections, options);
  return { store, receipts: async () => receipts(), close: async () => {} };
};

randomOperationsSuite('two fakes', [openFake, openFake]);
