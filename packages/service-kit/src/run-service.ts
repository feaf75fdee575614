import { createKeyRing, createRevocations, createTokenVerifier } from '@plinth/auth';
import type { Config } from '@plinth/config';
import { type Datastore, StartupError } from '@plinth/kernel';
import { createLogger, type Logger, stdoutDestination } from '@plinth/logger';
import { classifiedOf } from './classified.ts';
import { followRevocations } from './follow-revocations.ts';
import { createHost } from './host.ts';
import type { Dependency } from './http/operations.ts';
import type { Module } from './module.ts';
import type { serviceSettings } from './settings.ts';
import { stopOnSignal } from './shutdown.ts';
import { systemClock, systemIds } from './system.ts';

export type ServiceConfig = Config<typeof serviceSettings>;

/** Something else that a host keeps open, closed after the server. */
export type Connection = Dependency & { readonly close: () => Promise<void> };

export type ServiceParts = {
  readonly name: string;
  readonly modules: readonly Module[];
  readonly config: ServiceConfig;
  /** The module whose journal tells that tokens were revoked. Every host follows it, whichever modules it serves. */
  readonly revocationsFrom: string;
  /** Opens the datastore. @throws `StartupError` in one sentence when it cannot be used. */
  readonly connect: (config: ServiceConfig) => Promise<Datastore>;
  /** Open what else the modules need, each told the configuration and where to log. */
  readonly connections: readonly ((config: ServiceConfig, logger: Logger) => Connection)[];
  /** Runs when the collections are prepared and before the first request, for instance to add demo data. */
  readonly beforeListening?: (datastore: Datastore) => Promise<void>;
};

export type RunningService = { readonly url: string };

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
  try {
    return await server.listen({ host: HOST, port: PORT });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new StartupError(`Port ${PORT} of ${HOST} is taken. Set PORT to another, or end what listens there.`, {
      cause,
    });
  }
};

const start = async (parts: ServiceParts, logger: Logger): Promise<RunningService> => {
  const { name, modules, config, connect, revocationsFrom, beforeListening } = parts;
  const production = config.NODE_ENV === 'production';
  const datastore = await connect(config);
  const connections = parts.connections.map((open) => open(config, logger));
  const revocations = createRevocations({ clock: systemClock });
  const host = await createHost({
    name,
    modules,
    datastore,
    verifier: createTokenVerifier({
      keys: createKeyRing(config.AUTH_JWKS),
      issuer: config.AUTH_ISSUER,
      audience: config.AUTH_AUDIENCE,
      clock: systemClock,
      revocations,
    }),
    logger,
    clock: systemClock,
    ids: systemIds,
    publicUrl: config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`,
    dependencies: [{ name: 'mongodb', required: true, check: datastore.ping }, ...connections],
    corsOrigins: config.CORS_ORIGINS ?? [],
    answers: production ? 'compiled' : 'checked',
    undeclared: 'send',
    onViolation: (sentence) => logger.error('contract-violated', { sentence }),
  });
  await host.prepare();
  await beforeListening?.(datastore);
  const following = await followRevocations({
    datastore,
    module: revocationsFrom,
    revocations,
    clock: systemClock,
    logger,
  });
  stopOnSignal(async () => {
    host.drain();
    await host.server.close();
    await following.stop();
    await Promise.all([datastore.close(), ...connections.map(({ close }) => close())]);
  }, logger);
  const url = await listen(host.server, config);
  logger.info('listening', { url, modules: modules.map((module) => module.name) });
  return { url };
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
