import { type Config, list } from '@plinth/config';
import { z } from 'zod';
import { databaseSettings } from '../database-settings.ts';
import { listLocalPortSettings, listPortSettings } from '../ports.ts';
import { serviceSettings } from '../settings.ts';
import { signingSettings } from '../signing-settings.ts';
import { redisTlsSettings } from '../tls-settings.ts';

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
  ...databaseSettings,
  LOG_LEVEL: serviceSettings.LOG_LEVEL,
  METRICS_PORT: serviceSettings.METRICS_PORT,
  METRICS_HOST: serviceSettings.METRICS_HOST,
  OTEL_TRACING: serviceSettings.OTEL_TRACING,
  OTEL_TRACES_SAMPLER_ARG: serviceSettings.OTEL_TRACES_SAMPLER_ARG,
  OTEL_EXPORTER_OTLP_ENDPOINT: serviceSettings.OTEL_EXPORTER_OTLP_ENDPOINT,
  MIGRATE_ON_START: serviceSettings.MIGRATE_ON_START,
  REDIS_URL: serviceSettings.REDIS_URL,
  ...redisTlsSettings,
  REDIS_KEY_PREFIX: serviceSettings.REDIS_KEY_PREFIX,
  CURSOR_SECRET: serviceSettings.CURSOR_SECRET,
  CURSOR_SECRET_PREVIOUS: serviceSettings.CURSOR_SECRET_PREVIOUS,
  ...signingSettings,
  ...ownWorkerSettings,
};

export type WorkerConfig = Config<typeof workerSettings>;

/** Returns the settings of a worker of these modules, with those of their ports, which only the ports read. */
export const toWorkerSettings = (
  modules: Parameters<typeof listPortSettings>[0] & Parameters<typeof listLocalPortSettings>[0],
): typeof workerSettings => ({
  ...workerSettings,
  ...listPortSettings(modules),
  ...listLocalPortSettings(modules),
});
