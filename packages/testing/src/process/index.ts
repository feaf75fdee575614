// Apart from the root of this package, which only vitest can load.
export { aFreePort } from '../free-port.ts';
export { type Child, type ChildOptions, type Environment, type Exit, nodeCommand, startChild } from './child.ts';
export { type Service, startService, untilReady } from './service.ts';
export { aDatabasePrefix, ownSettings, withoutLimits } from './settings.ts';
