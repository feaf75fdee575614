import { collectionSuite, randomOperationsSuite } from '@plinth/testing';
import { openOnFake, openOnMongod } from './stores.ts';

collectionSuite('mongod', openOnMongod);
randomOperationsSuite('the fake and mongod', [openOnFake, openOnMongod]);
