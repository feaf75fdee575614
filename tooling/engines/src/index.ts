export { EnginesError } from './errors.ts';
export { findMongod } from './find-mongod.ts';
export { checkMongodb, checkRedis } from './given.ts';
export { type Engines, type EnginesOptions, startEngines } from './start-engines.ts';
