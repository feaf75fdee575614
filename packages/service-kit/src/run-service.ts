import { setTimeout } from 'node:timers/promises';
import { createKeyRing, createRevocations, createTokenVerifier, type Revocations } from '@plinth/auth';
import type { Config } from '@plinth/config';
import { type CommandObserver, type Datastore, type Limiter, type Plan, StartupError } from '@plinth/data-kit';
import { createLogger, type Logger, stdoutDestination } from '@plinth/logger';
import { createMetrics, type Metrics, openMetricsServer, startTracing } from '@plinth/telemetry';
import { classifiedOf } from './classified.ts';
import { systemClock, systemIds } from './clock-and-ids.ts';
import { followRevocations } from './follow-revocations.ts';
import { createHost } from './host.ts';
import type { Dependency } from './http/operations.ts';
import { limitPartsOf } from './limit-parts.ts';
import type { Module } from './module.ts';
import type { serviceSettings } from './settings.ts';
import { stopGracefully } from './shutdown.ts';

export type ServiceConfig = Config<typeof serviceSettings>;

/** Something else that a host keeps open, closed after the server. */
export type Connection = Dependency & {
  readonly close: () => Promise<void>;
  /** Buckets that this process shares with others; without such a connection it limits by itself. */
  readonly limiter?: Limiter;
};

export type ServiceParts = {
  readonly name: string;
  readonly modules: readonly Module[];
  readonly config: ServiceConfig;
  /** The module whose journal tells that tokens were revoked. Every host follows it, whichever modules it serves. */
  readonly revocationsFrom: string;
  /** Opens the datastore, which tells of its commands. @throws `StartupError` in one sentence when it cannot be used. */
  readonly connect: (config: ServiceConfig, options: { onCommand: CommandObserver | undefined }) => Promise<Datastore>;
  /** Open what else the modules need, each told the configuration, where to log and where to add what it measures. */
  readonly connections: readonly ((config: ServiceConfig, logger: Logger, metrics: Metrics) => Connection)[];
  /** What a tenant is subscribed to; left out, or for a tenant that it does not know, `LIMIT_DEFAULT_PLAN`. */
  readonly planOf?: ((tenantId: string) => Plan | undefined) | undefined;
  /** Runs when the collections are prepared and before the first request, for instance to add demo data. */
  readonly beforeListening?: (datastore: Datastore) => Promise<void>;
};

export type RunningService = {
  readonly url: string;
  /** Where the metrics are, with `METRICS_PORT`. */
  readonly metricsUrl: string | undefined;
};

const loggerOf = ({ name, modules, config }: ServiceParts): Logger =>
  createLogger({
    service: name,
    level: config.LOG_LEVEL,
    classified: classifiedOf(modules),
    destination: stdoutDestination({ buffered: config.NODE_ENV === 'production' }),
  });

const listen = async (
  server: { listen(options: { host: string; port: number }): Promise<string> },
  { HOST, PORT }: ServiceConfig,
) => {
  // For 'localhost' Fastify opens a second server, which has none of what is set up on this one.
  const host = HOST === 'localhost' ? '127.0.0.1' : HOST;
  try {
    return await server.listen({ host, port: PORT });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new StartupError(`Port ${PORT} of ${HOST} is taken. Set PORT to another, or end what listens there.`, {
      cause,
    });
  }
};

const openMetrics = async (metrics: Metrics, { METRICS_HOST, METRICS_PORT }: ServiceConfig) =>
  METRICS_PORT === undefined ? undefined : openMetricsServer(metrics, { host: METRICS_HOST, port: METRICS_PORT });

const verifierOf = ({ AUTH_JWKS, AUTH_ISSUER, AUTH_AUDIENCE }: ServiceConfig, revocations: Revocations) =>
  createTokenVerifier({
    keys: createKeyRing(AUTH_JWKS),
    issuer: AUTH_ISSUER,
    audience: AUTH_AUDIENCE,
    clock: systemClock,
    revocations,
  });

const start = async (parts: ServiceParts, logger: Logger): Promise<RunningService> => {
  const { name, modules, config, connect, revocationsFrom, beforeListening } = parts;
  const production = config.NODE_ENV === 'production';
  const tracing = startTracing(name, config);
  const datastore = await connect(config, { onCommand: tracing?.onCommand });
  const metrics = createMetrics();
  const connections = parts.connections.map((open) => open(config, logger, metrics));
  const clock = systemClock;
  const revocations = createRevocations({ clock });
  const host = await createHost({
    name,
    modules,
    datastore,
    verifier: verifierOf(config, revocations),
    logger,
    clock,
    ids: systemIds,
    publicUrl: config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`,
    dependencies: [{ name: 'mongodb', required: true, check: datastore.ping }, ...connections],
    corsOrigins: config.CORS_ORIGINS ?? [],
    inFlightMax: config.IN_FLIGHT_MAX,
    limits: limitPartsOf({ config, connections, planOf: parts.planOf }),
    trustProxy: config.TRUST_PROXY,
    answers: production ? 'compiled' : 'checked',
    undeclared: 'send',
    onViolation: (sentence) => logger.error('contract-violated', { sentence }),
    metrics,
    tracing,
  });
  const metricsServer = await openMetrics(metrics, config);
  await host.prepare();
  await beforeListening?.(datastore);
  const following = await followRevocations({ datastore, module: revocationsFrom, revocations, clock, logger });
  stopGracefully(
    async (signal) => {
      host.drain();
      // Proxies that ask for readiness send nobody here any longer; until they have asked, everybody is served.
      if (production && signal === 'SIGTERM') await setTimeout(config.SHUTDOWN_DELAY_MS);
      await host.server.close();
      await following.stop();
      await Promise.all([datastore.close(), ...connections.map(({ close }) => close())]);
      await Promise.all([tracing?.stop(), metricsServer?.close()]);
    },
    { logger },
  );
  const url = await listen(host.server, config);
  logger.info('listening', { url, metricsUrl: metricsServer?.url, modules: modules.map((module) => module.name) });
  return { url, metricsUrl: metricsServer?.url };
};

/**
 * Runs modules in this process until it is told to stop. A reason not to start is printed as one sentence, and the
 * process exits with 1 before anything listens.
 */
export const runService = async (parts: ServiceParts): Promise<RunningService> => {
  const logger = loggerOf(parts);
  try {
    return await start(parts, logger);
  } catch (error) {
    if (error instanceof StartupError) process.stderr.write(`\n${error.message}\n\n`);
    else logger.fatal('start-failed', { err: error });
    logger.flush();
    return process.exit(1);
  }
};
