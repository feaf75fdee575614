import { loadOrExit } from '@plinth/config';
import { connectMongo } from '@plinth/mongo';
import { connectRedis } from '@plinth/redis';
import { checkSettings, runService } from '@plinth/service-kit';
import { addDemoData } from './demo/add-demo-data.ts';
import { createAnnouncement } from './demo/announcement.ts';
import { findDemoPlan } from './demo/users.ts';
import { modules } from './modules.ts';
import { platformSettings } from './settings.ts';

const config = await loadOrExit(platformSettings, { check: checkSettings });

const { url } = await runService({
  name: 'platform',
  modules,
  config,
  connect: connectMongo,
  connections: [connectRedis],
  ...(config.DEMO_DATA && { beforeListening: addDemoData, findPlan: findDemoPlan }),
});

if (config.DEMO_DATA) {
  process.stdout.write(await createAnnouncement(url, { issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE }));
}

// Notifies `npm start`, or another parent process with an IPC channel, that the service is ready.
process.send?.('ready');
