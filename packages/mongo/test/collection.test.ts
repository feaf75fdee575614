import { collectionSuite, openFakeStore, randomOperationsSuite } from '@plinth/testing';
import { openOnMongod } from './stores.ts';

collectionSuite('mongod', openOnMongod);
randomOperationsSuite('the fake and mongod', [openFakeStore, openOnMongod]);
