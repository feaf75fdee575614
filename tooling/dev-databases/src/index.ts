export { createPrivateFile } from './private-file.ts';
export { findOnPath } from './programs/find.ts';
export { findMongod } from './programs/index.ts';
export { sendRedisCommand } from './redis.ts';
export { type DevDatabases, type DevDatabasesOptions, startDatabases } from './start-databases.ts';
export { type ReplicaSet, startReplicaSet, startTestDatabase, type TestDatabase } from './test-databases.ts';
