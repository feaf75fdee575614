import { openTestDatastore } from '@plinth/mongo/testing';
import { createOutbound } from '@plinth/outbound';
import { modules } from '@plinth/platform/modules';
import { connectQueues } from '@plinth/redis';
import { createWorker, openPorts, systemClock, systemIds } from '@plinth/service-kit';
import { createMetrics } from '@plinth/telemetry';
import { logger } from './fixture.ts';

// A worker of the orders domain, which a test kills. A silent one is noticed within seconds.
const { MONGODB_URI, MONGODB_DATABASE_PREFIX, REDIS_URL = '', REDIS_KEY_PREFIX, STRIPE_URL } = process.env;

const metrics = createMetrics();
const outbound = createOutbound({ metrics });
const orders = modules.filter(({ name }) => name === 'orders');
const config = { NODE_ENV: 'test', STRIPE_SECRET_KEY: 'sk_test_0123456789abcdefghijklmn', STRIPE_URL };

const worker = createWorker({
  modules,
  runs: ['orders'],
  ports: await openPorts(orders, config, { outbound }),
  datastore: await openTestDatastore(MONGODB_URI, MONGODB_DATABASE_PREFIX),
  queues: connectQueues({ REDIS_URL, REDIS_KEY_PREFIX }, logger, { lockMs: 1000, takeoverCheckMs: 500 }),
  logger,
  metrics,
  clock: systemClock,
  ids: systemIds,
  limits: { checkAfterMs: 1000 },
});
worker.start();
process.on('message', () => {
  void outbound
    .list()[0]
    ?.check()
    .then(
      () => process.send?.('closed'),
      () => process.send?.('open'),
    );
});
process.send?.('ready');
