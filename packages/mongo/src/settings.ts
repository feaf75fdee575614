import type { MongoClientOptions } from 'mongodb';

/** Acknowledged by a majority and its journals, or not acknowledged. */
export const majority = { w: 'majority', journal: true, wtimeoutMS: 5000 } as const;

/** The driver's settings. Deadlines travel with each operation as `maxTimeMS`. */
export const clientSettings = (poolSize: number): MongoClientOptions => ({
  writeConcern: majority,
  readConcernLevel: 'majority',
  readPreference: 'primary',
  retryWrites: true,
  serverSelectionTimeoutMS: 3000,
  socketTimeoutMS: 8000,
  waitQueueTimeoutMS: 2000,
  maxPoolSize: poolSize,
  ignoreUndefined: true,
});
