import { collectionSuite } from '../suite/collection-suite.ts';
import { fakeDatabase } from './database.ts';

collectionSuite('the fake', async (collections, options) => ({
  store: fakeDatabase(collections, options).store,
  close: async () => {},
}));
