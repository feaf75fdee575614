import { loadOrExit } from '@plinth/config';
import { connectMongo } from '@plinth/mongo';
import { connectRedis } from '@plinth/redis';
import { checkSettings, listLocalPortSettings, runService } from '@plinth/service-kit';
import { serveConsole } from './console.ts';
import { hasDemoAccounts, serveDemoAccounts } from './demo/accounts.ts';
import { addDemoData } from './demo/add-demo-data.ts';
import { createAnnouncement } from './demo/announcement.ts';
import { createDemoToken } from './demo/demo-token.ts';
import { findDemoPlan } from './demo/users.ts';
import { hasDevelopmentMail, serveDevelopmentMail } from './development-mail.ts';
import { modules } from './modules.ts';
import { platformSettings } from './settings.ts';

const settings = { ...listLocalPortSettings(modules), ...platformSettings };
const config = await loadOrExit(settings, { check: checkSettings });

const parties = { issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE };

const { url } = await runService({
  name: 'platform',
  modules,
  config,
  connect: connectMongo,
  connections: [connectRedis],
  plugins: [
    ...(hasDemoAccounts(config) ? [serveDemoAccounts((user) => createDemoToken(user, parties))] : []),
    ...(hasDevelopmentMail(config) ? [serveDevelopmentMail(config.MAIL_DIR)] : []),
    ...(config.CONSOLE_DIR === undefined ? [] : [serveConsole(config.CONSOLE_DIR)]),
  ],
  ...(config.DEMO_DATA && { beforeListening: addDemoData, findPlan: findDemoPlan }),
});

if (config.DEMO_DATA) {
  process.stdout.write(
    await createAnnouncement(url, {
      ...parties,
      hasConsole: config.CONSOLE_DIR !== undefined,
      hasMail: hasDevelopmentMail(config),
    }),
  );
}

// Notifies `npm start`, or another parent process with an IPC channel, that the service is ready.
process.send?.('ready');
