import type { MongoClientOptions } from 'mongodb';

/** Acknowledged by a majority and its journals, or not acknowledged. */
export const majority = { w: 'majority', journal: true, wtimeoutMS: 5000 } as const;

/**
 * How the driver notices a server that stands still with its connections open: it expects a sign of life twice a second,
 * and when that is late by as long as a connection may take, it interrupts what waits for that server. A connection may
 * take longer than the pool lets anybody wait for one, because the driver asks for one again where making it has failed.
 */
const monitoring = { heartbeatFrequencyMS: 500, connectTimeoutMS: 2100 } as const;

/** The driver's settings. Deadlines travel with each operation as `maxTimeMS`. */
export const clientSettings = (poolSize: number): MongoClientOptions => ({
  writeConcern: majority,
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
