import { collectionSuite } from '../contract-tests/collection-suite.ts';
import { fakeDatabase } from './database.ts';

collectionSuite('the fake', async (collections, options) => {
  const { store, journalRows } = fakeDatabase(collections, options);
  return { store, journalRows: async () => journalRows(), close: async () => {} };
});
