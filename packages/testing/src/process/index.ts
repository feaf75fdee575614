// Separate from the root of this package, which only vitest can load.
export { getFreePort } from '../free-port.ts';
export { mapConcurrently } from '../map-concurrently.ts';
export { type Child, type ChildOptions, type Environment, type Exit, nodeCommand, startChild } from './child.ts';
export { type Service, startService, waitUntilReady } from './service.ts';
export { createDatabasePrefix, createServiceSettings, unlimitedRateLimits } from './settings.ts';
