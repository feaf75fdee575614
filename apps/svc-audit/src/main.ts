import { loadOrExit } from '@plinth/config';
import { connectMongo } from '@plinth/mongo';
import { connectRedis } from '@plinth/redis';
import { checkSettings, runService, serviceSettings } from '@plinth/service-kit';
import { usersModule } from '@plinth/svc-users/module';
import { auditModule } from './module.ts';

await runService({
  name: 'svc-audit',
  modules: [auditModule],
  usersFrom: usersModule,
  config: await loadOrExit(serviceSettings, { check: checkSettings }),
  connect: connectMongo,
  connections: [connectRedis],
});

// Notifies `npm start`, or another parent process with an IPC channel, that the service is ready.
process.send?.('ready');
