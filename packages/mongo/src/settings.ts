import type { MongoClientOptions } from 'mongodb';

/** Acknowledged by a majority and its journals. */
export const majority = { w: 'majority', journal: true, wtimeoutMS: 5000 } as const;

/**
 * Detects a server that hangs with its connections open: a heartbeat is expected every 500 ms, and one that is late by
 * `connectTimeoutMS` interrupts the commands that wait for that server. `connectTimeoutMS` exceeds `waitQueueTimeoutMS`, because
 * the driver starts another connection when one has failed.
 */
const monitoring = { heartbeatFrequencyMS: 500, connectTimeoutMS: 2100 } as const;

/** Returns the driver's settings. Each operation has its deadline as `maxTimeMS`. */
export const clientSettings = (poolSize: number): MongoClientOptions => ({
  writeConcern: majority,
  // `journal=false` in the URI would replace that of `writeConcern`.
  journal: true,
  readConcernLevel: 'majority',
  readPreference: 'primary',
  retryWrites: true,
  serverSelectionTimeoutMS: 3000,
  socketTimeoutMS: 8000,
  waitQueueTimeoutMS: 2000,
  ...monitoring,
  maxPoolSize: poolSize,
  ignoreUndefined: true,
});
