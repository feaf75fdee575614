import { loadOrExit } from '@plinth/config';
import { connectMongo } from '@plinth/mongo';
import { connectRedis } from '@plinth/redis';
import { checkSettings, listLocalPortSettings, runService, serviceSettings } from '@plinth/service-kit';
import { usersModule } from '@plinth/svc-users/module';
import { identityModule } from './module.ts';

const modules = [identityModule];

await runService({
  name: 'svc-identity',
  modules,
  usersFrom: usersModule,
  config: await loadOrExit({ ...serviceSettings, ...listLocalPortSettings(modules) } as typeof serviceSettings, {
    check: checkSettings,
  }),
  connect: connectMongo,
  connections: [connectRedis],
});

// Notifies `npm start`, or another parent process with an IPC channel, that the service is ready.
process.send?.('ready');
