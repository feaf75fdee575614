import { collectionSuite } from '../suite/collection-suite.ts';
import { fakeDatabase } from './database.ts';

collectionSuite('the fake', async (collections, options) => {
  const { store, receipts } = fakeDatabase(collections, options);
  return { store, receipts: async () => receipts(), close: async () => {} };
});
