import { fakeDatabase } from '../fake/database.ts';
import type { OpenStore } from './open-store.ts';
import { randomOperationsSuite } from './random-operations-suite.ts';

const openFake: OpenStore = async (collections, options) => ({
  store: fakeDatabase(collections, options).store,
  close: async () => {},
});

randomOperationsSuite('two fakes', [openFake, openFake]);
