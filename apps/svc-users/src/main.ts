import './telemetry.ts';
import { connectMongo } from '@plinth/mongo';
import { connectRedis } from '@plinth/redis';
import { runService } from '@plinth/service-kit';
import { usersModule } from './module.ts';
import { config, tracing } from './telemetry.ts';

await runService({
  name: 'svc-users',
  modules: [usersModule],
  config,
  revocationsFrom: 'users',
  connect: connectMongo,
  connections: [connectRedis],
  tracing,
});
