export { createArbitrary } from './build/arbitrary.ts';
export { build } from './build/build.ts';
export { createIds, createManualClock, type ManualClock } from './clock.ts';
export { createContext, createId, createPrincipal } from './contexts.ts';
export { collectionSuite } from './contract-tests/collection-suite.ts';
export { openFakeStore } from './contract-tests/open-fake-store.ts';
export type { OpenedStore, OpenStore } from './contract-tests/open-store.ts';
export { queuesSuite } from './contract-tests/queues-suite.ts';
export { randomOperationsSuite } from './contract-tests/random-operations-suite.ts';
export { type FakeCollection, type FakeDatabase, fakeDatabase } from './fake/database.ts';
export { fakeTenant } from './fake/fake-tenant.ts';
export { fakeQueues } from './fake/queues.ts';
export { getFreePort } from './free-port.ts';
export { mapConcurrently } from './map-concurrently.ts';
export {
  getRequestId,
  getStatus,
  openSocket,
  parseProblem,
  type RawHeader,
  type RawRequest,
  type RawResponse,
  sendBytes,
  sendRawRequest,
  splitResponses,
} from './raw-http.ts';
export { createRandom, getSeed } from './seed.ts';
export { createStoredUser } from './stored-user.ts';
export type { StripeLedger, StripeRequest } from './stripe/responses.ts';
export {
  type StripeFault,
  type StripeServer,
  startStripeServer,
} from './stripe/stripe-server.ts';
export { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export { createCertificates, openTlsProxy, type TestCertificates, type TlsProxy } from './tls-proxy.ts';
