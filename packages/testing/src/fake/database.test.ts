import { collectionSuite } from '../contract-tests/collection-suite.ts';
import { openFakeStore } from '../contract-tests/open-fake-store.ts';

collectionSuite('the fake', openFakeStore);
