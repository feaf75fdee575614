// The platform as its image starts it, with the orders of the benchmark in place of its own.
import { loadOrExit } from '@plinth/config';
import { connectMongo } from '@plinth/mongo';
import { connectRedis } from '@plinth/redis';
import { checkSettings, runService, serviceSettings } from '@plinth/service-kit';
import { usersModule } from '@plinth/svc-users/module';
import { ordersModule } from './orders-module.ts';

await runService({
  name: 'platform',
  modules: [usersModule, ordersModule],
  config: await loadOrExit(serviceSettings, { check: checkSettings }),
  connect: connectMongo,
  connections: [connectRedis],
});
