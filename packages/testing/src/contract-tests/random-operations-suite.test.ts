import { openFakeStore } from './open-fake-store.ts';
import { randomOperationsSuite } from './random-operations-suite.ts';

randomOperationsSuite('two fakes', [openFakeStore, openFakeStore]);
