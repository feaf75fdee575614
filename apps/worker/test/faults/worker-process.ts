import { openTestDatastore } from '@plinth/mongo/testing';
import { connectQueues } from '@plinth/redis';
import { createWorker, systemClock, systemIds } from '@plinth/service-kit';
import { createMetrics } from '@plinth/telemetry';
import { logger, modules } from '../fixture.ts';

// A worker of the two modules, which a test kills. A silent one is noticed within seconds.
const { MONGODB_URI, MONGODB_DATABASE_PREFIX, REDIS_URL = '', REDIS_KEY_PREFIX } = process.env;

const worker = createWorker({
  modules,
  runs: modules.map(({ name }) => name),
  datastore: await openTestDatastore(MONGODB_URI, MONGODB_DATABASE_PREFIX),
  queues: connectQueues({ REDIS_URL, REDIS_KEY_PREFIX }, logger, { lockMs: 1000, takeoverCheckMs: 500 }),
  logger,
  metrics: createMetrics(),
  clock: systemClock,
  ids: systemIds,
  limits: { checkAfterMs: 1000 },
});
worker.start();
process.send?.('ready');
