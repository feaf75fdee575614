export { arbitraryOf } from './build/arbitrary.ts';
export { build } from './build/build.ts';
export { aClock, type HeldClock, idsFrom } from './clock.ts';
export { aContext, anId, aPrincipal } from './contexts.ts';
export { type FakeCollection, type FakeDatabase, fakeDatabase } from './fake/database.ts';
export { seed } from './seed.ts';
export { collectionSuite } from './suite/collection-suite.ts';
export type { OpenedStore, OpenStore } from './suite/open-store.ts';
export { randomOperationsSuite } from './suite/random-operations-suite.ts';
