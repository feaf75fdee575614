import { loadOrExit } from '@plinth/config';
import { connectMongo } from '@plinth/mongo';
import { modules } from '@plinth/platform/modules';
import { connectQueues } from '@plinth/redis';
import { checkSettings, runWorker, toWorkerSettings } from '@plinth/service-kit';

await runWorker({
  name: 'worker',
  modules,
  config: await loadOrExit(toWorkerSettings(modules), { check: checkSettings }),
  connect: connectMongo,
  connectQueues,
});

// Notifies `npm start`, or another parent process with an IPC channel, that the worker is ready.
process.send?.('ready');
