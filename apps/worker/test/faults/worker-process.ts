import { createSigner } from '@plinth/auth';
import { createLogger } from '@plinth/logger';
import { openTestDatastore } from '@plinth/mongo/testing';
import { modules } from '@plinth/platform/modules';
import { connectQueues } from '@plinth/redis';
import { createWorker, systemClock, systemIds } from '@plinth/service-kit';
import { createMetrics } from '@plinth/telemetry';
import { ledgerModule } from './ledger.ts';

// A worker of every module and of the ledger, which a test kills. A silent one is noticed within seconds.
const { MONGODB_URI, MONGODB_DATABASE_PREFIX, REDIS_URL = '', REDIS_KEY_PREFIX, AUDIT_SIGNING_KEY = '' } = process.env;

const logger = createLogger({
  service: 'faults',
  level: 'error',
  classified: new Map(),
  destination: { write: (line) => void process.stderr.write(line), flush: () => undefined },
});

const all = [...modules, ledgerModule];

const worker = createWorker({
  modules: all,
  runs: all.map(({ name }) => name),
  datastore: await openTestDatastore(MONGODB_URI, MONGODB_DATABASE_PREFIX),
  queues: connectQueues({ REDIS_URL, REDIS_KEY_PREFIX }, logger, { lockMs: 2000, takeoverCheckMs: 1000 }),
  logger,
  metrics: createMetrics(),
  clock: systemClock,
  ids: systemIds,
  // No order of the test is charged.
  ports: Object.fromEntries(modules.map(({ name }) => [name, {}])),
  // And none signs in.
  localPorts: Object.fromEntries(modules.map(({ name }) => [name, {}])),
  signer: createSigner(JSON.parse(AUDIT_SIGNING_KEY)),
  limits: { checkAfterMs: 2000 },
});
await worker.prepare();
worker.start();
process.send?.('ready');
