export { checkMongodb, checkRedis } from './check-uri.ts';
export { DevDatabasesError } from './errors.ts';
export { getFreePort, isFree } from './port.ts';
export { cacheDir, findOnPath } from './programs/find.ts';
export { findMongod } from './programs/index.ts';
export { sendRedisCommand } from './redis.ts';
export { type ReplicaNode, type ReplicaSet, startReplicaSet } from './replica-set.ts';
export { type DevDatabases, type DevDatabasesOptions, startDatabases } from './start-databases.ts';
export { startTestDatabase, type TestDatabase } from './test-database.ts';
