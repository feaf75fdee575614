import { setTimeout } from 'node:timers/promises';
import { createKeyRing, createRevocations, createTokenVerifier } from '@plinth/auth';
import { type CommandObserver, type Datastore, type RateLimiter, StartupError } from '@plinth/data-kit';
import { createLogger, createStdoutDestination, type Logger } from '@plinth/logger';
import { createMetrics, type Metrics, startTracing } from '@plinth/telemetry';
import type { FastifyPluginAsync } from 'fastify';
import { systemClock, systemIds } from './clock-and-ids.ts';
import { createIssuedKeys } from './issued-keys.ts';
import { assertCanListen, listen, openMetrics } from './listen.ts';
import type { Module } from './module.ts';
import { defaultConnectionLimits } from './plugins/connections.ts';
import type { Dependency, Readiness } from './plugins/health.ts';
import type { RateLimits } from './plugins/rate-limit.ts';
import { openLocalPorts } from './ports.ts';
import { createRateLimits, createRowLimits } from './rate-limit-policies.ts';
import { getRedactedFields } from './redacted-fields.ts';
import { createServer, type Server } from './server.ts';
import type { ServiceConfig } from './settings.ts';
import { stopGracefully } from './shutdown.ts';
import { createUserChanges, type UserChanges } from './subscribe-to-users.ts';
import { watchKeys } from './watch-keys.ts';

/** An additional connection of a host, closed after the server. */
export type Connection = Dependency & {
  readonly close: () => Promise<void>;
  /** The limiter that processes share; without it each process limits on its own. */
  readonly limiter?: RateLimiter;
};

export type ServiceOptions = {
  readonly name: string;
  readonly modules: readonly Module[];
  readonly config: ServiceConfig;
  /**
   * The module that stores the users, if it is not one of `modules`. Every host looks them up and subscribes to their changes,
   * whichever modules it serves.
   */
  readonly usersFrom?: Module;
  /** The module that stores the keys of tokens, if it is not one of `modules`. Without one, only the keys of `AUTH_JWKS` are trusted. */
  readonly tokensFrom?: Module;
  /** Opens the datastore, which reports its commands. @throws `StartupError` in one sentence when it cannot be used. */
  readonly connect: (config: ServiceConfig, options: { onCommand: CommandObserver | undefined }) => Promise<Datastore>;
  /** Functions that open additional connections, such as Redis. */
  readonly connections: readonly ((config: ServiceConfig, logger: Logger, metrics: Metrics) => Connection)[];
  /** Returns the plan of a tenant. `LIMIT_DEFAULT_PLAN` applies without it and when it returns undefined. */
  readonly findPlan?: RateLimits['findPlan'];
  /** Further plugins of Fastify, such as that of a console. Their routes have `config: { operational: true }`. */
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Runs after the migrations and before the first request, for instance to add demo data. */
  readonly beforeListening?: (datastore: Datastore) => Promise<void>;
};

export type RunningService = {
  readonly url: string;
  /** The address of the metrics, with `METRICS_PORT`. */
  readonly metricsUrl: string | undefined;
};

const createServiceLogger = ({ name, modules, config }: ServiceOptions): Logger =>
  createLogger({
    service: name,
    level: config.LOG_LEVEL,
    classified: getRedactedFields(modules),
    destination: createStdoutDestination({ isProduction: config.NODE_ENV === 'production' }),
  });

const createAuthentication = ({ AUTH_JWKS, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience }: ServiceConfig) => {
  const keys = createKeyRing(AUTH_JWKS);
  const revocations = createRevocations();
  const issuedKeys = createIssuedKeys(keys);
  const refreshKeys = () => issuedKeys.refresh();
  const verifier = createTokenVerifier({ keys, refreshKeys, issuer, audience, clock: systemClock, revocations });
  return { keys, issuedKeys, revocations, verifier };
};

/** Starts what keeps the credentials of a running service current: its keys, and the revocations of tokens. Returns a function that stops it. */
const watchCredentials = async (
  { users, issuer, security }: Pick<Server, 'users' | 'issuer' | 'security'>,
  { keys, issuedKeys, revocations }: ReturnType<typeof createAuthentication>,
  { datastore, userChanges, logger }: { datastore: Datastore; userChanges: UserChanges; logger: Logger },
): Promise<() => Promise<void>> => {
  const stopWatchingKeys = watchKeys({ keys, security, logger });
  if (issuer) await issuedKeys.start(issuer, { security, logger });
  const servedIssuer = issuer && { ...issuer, keys: issuedKeys };
  const clock = systemClock;
  await userChanges.start({ datastore, users, issuer: servedIssuer, revocations, clock, logger, security });
  return async () => {
    stopWatchingKeys();
    issuedKeys.stop();
    await userChanges.stop();
  };
};

const toServerSettings = (config: ServiceConfig) => ({
  publicUrl: config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`,
  corsOrigins: config.CORS_ORIGINS ?? [],
  inFlightMax: config.IN_FLIGHT_MAX,
  connectionLimits: {
    ...defaultConnectionLimits,
    max: config.CONNECTIONS_MAX,
    perNetworkMax: config.CONNECTIONS_PER_IP_MAX,
    bytesPerSecondMin: config.RESPONSE_BYTES_PER_SECOND_MIN,
  },
  longResponses: { max: config.LONG_RESPONSES_MAX, perUserMax: config.LONG_RESPONSES_PER_USER_MAX },
  trustProxy: config.TRUST_PROXY,
  serialization: config.NODE_ENV === 'production' ? ('compiled' as const) : ('validated' as const),
  undeclared: 'send' as const,
});

const starting: Readiness = { isReady: false, body: { status: 'unavailable', missing: ['starting'] } };

type Shutdown = { stop: (signal: NodeJS.Signals | undefined) => Promise<void> };

type Started = { readonly logger: Logger; readonly shutdown: Shutdown };

const toDependency = ({ ping }: Datastore): Dependency => ({ name: 'mongodb', required: true, check: ping });

const withoutUsers = (): StartupError =>
  new StartupError(
    'No module declares `userAccess`, so the users of tokens would be unknown. Pass the module that stores users as `usersFrom` to runService.',
  );

const start = async (options: ServiceOptions, { logger, shutdown }: Started): Promise<RunningService> => {
  const { name, modules, config, connect, usersFrom, tokensFrom, beforeListening } = options;
  const tracing = startTracing(name, config);
  const datastore = await connect(config, { onCommand: tracing?.onCommand });
  const metrics = createMetrics();
  const connections = options.connections.map((open) => open(config, logger, metrics));
  const authentication = createAuthentication(config);
  const userChanges = createUserChanges(metrics);
  const served = await createServer({
    ...toServerSettings(config),
    name,
    modules,
    usersFrom,
    tokensFrom,
    localPorts: await openLocalPorts(tokensFrom ? [...modules, tokensFrom] : modules, config),
    datastore,
    verifier: authentication.verifier,
    logger,
    clock: systemClock,
    ids: systemIds,
    dependencies: [toDependency(datastore), ...userChanges.dependencies(config), ...connections],
    limits: createRateLimits({ config, connections, findPlan: options.findPlan }),
    findRowsMax: createRowLimits({ config, findPlan: options.findPlan }),
    onViolation: (violation) => logger.error('contract-violated', { violation }),
    metrics,
    tracing,
    plugins: options.plugins,
  });
  const { server, drain, checkReadiness } = served;
  if (!served.users) throw withoutUsers();
  const probes = { checkReadiness: async () => starting };
  const metricsServer = await openMetrics({ metrics, checkReadiness: () => probes.checkReadiness() }, config);
  await (config.MIGRATE_ON_START ? served.prepare() : served.assertPrepared());
  await beforeListening?.(datastore);
  const stopWatching = await watchCredentials(served, authentication, { datastore, userChanges, logger });
  shutdown.stop = async (signal) => {
    drain();
    // Proxies send requests until they have noticed that the service is not ready.
    if (config.NODE_ENV === 'production' && signal === 'SIGTERM') await setTimeout(config.SHUTDOWN_DELAY_MS);
    await server.close();
    await stopWatching();
    await Promise.all([datastore.close(), ...connections.map(({ close }) => close())]);
    await Promise.all([tracing?.stop(), metricsServer?.close()]);
  };
  const url = await listen(server, config);
  probes.checkReadiness = checkReadiness;
  logger.info('listening', { url, metricsUrl: metricsServer?.url, modules: modules.map((module) => module.name) });
  return { url, metricsUrl: metricsServer?.url };
};

/**
 * Runs modules in this process until a signal stops it. A service that cannot start prints the reason in one sentence and
 * exits with 1 before it listens. With the argument `--check` it exits with 0 before it connects to anything.
 */
export const runService = async (options: ServiceOptions): Promise<RunningService> => {
  const logger = createServiceLogger(options);
  // Before the first connection, so that no error of the start is printed with its secrets. Nothing has to be closed yet.
  const shutdown: Shutdown = { stop: async () => undefined };
  stopGracefully((signal) => shutdown.stop(signal), { logger });
  try {
    // The first step, because an error of a later one would hide a wrong address.
    await assertCanListen(options.config);
    if (process.argv.includes('--check')) return process.exit(0);
    return await start(options, { logger, shutdown });
  } catch (error) {
    if (error instanceof StartupError) process.stderr.write(`\n${error.message}\n\n`);
    else logger.fatal('start-failed', { err: error });
    logger.flush();
    return process.exit(1);
  }
};
