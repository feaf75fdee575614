import { type Config, list } from '@plinth/config';
import { z } from 'zod';
import { serviceSettings } from '../settings.ts';
import { signingSettings } from '../signing-settings.ts';

const {
  NODE_ENV,
  ALLOW_INSECURE,
  NODE_TLS_REJECT_UNAUTHORIZED,
  LOG_LEVEL,
  METRICS_PORT,
  METRICS_HOST,
  MONGODB_URI,
  MONGODB_TLS_CA,
  MONGODB_TLS_CERTIFICATE,
  MONGODB_TLS_KEY,
  MIGRATE_ON_START,
  MONGODB_POOL_SIZE,
  MONGODB_DATABASE_PREFIX,
  REDIS_URL,
  REDIS_TLS_CA,
  REDIS_TLS_CERTIFICATE,
  REDIS_TLS_KEY,
  REDIS_KEY_PREFIX,
  CURSOR_SECRET,
  CURSOR_SECRET_PREVIOUS,
} = serviceSettings;

/** The settings that a worker has beside those that it shares with services. */
export const ownWorkerSettings = {
  WORKER_MODULES: list(z.string().regex(/^[a-z][a-z0-9-]*$/))
    .optional()
    .meta({
      description: 'The modules whose events are relayed and whose consumers run here. Without it, every module.',
      expects: 'names of modules with commas between them',
      example: 'orders,users',
    }),
};

/** The settings of a worker. It serves no requests, so it needs no keys of tokens and no limits. */
export const workerSettings = {
  NODE_ENV,
  ALLOW_INSECURE,
  NODE_TLS_REJECT_UNAUTHORIZED,
  LOG_LEVEL,
  METRICS_PORT,
  METRICS_HOST,
  MONGODB_URI,
  MONGODB_TLS_CA,
  MONGODB_TLS_CERTIFICATE,
  MONGODB_TLS_KEY,
  MIGRATE_ON_START,
  MONGODB_POOL_SIZE,
  MONGODB_DATABASE_PREFIX,
  REDIS_URL,
  REDIS_TLS_CA,
  REDIS_TLS_CERTIFICATE,
  REDIS_TLS_KEY,
  REDIS_KEY_PREFIX,
  CURSOR_SECRET,
  CURSOR_SECRET_PREVIOUS,
  ...signingSettings,
  ...ownWorkerSettings,
};

export type WorkerConfig = Config<typeof workerSettings>;
