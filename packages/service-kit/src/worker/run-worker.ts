import { createSigner } from '@plinth/auth';
import { type CommandObserver, type Datastore, type Queues, StartupError } from '@plinth/data-kit';
import { createLogger, createStdoutDestination, type Logger } from '@plinth/logger';
import { createOutbound, type Outbound } from '@plinth/outbound';
import { createMetrics, type Metrics, startTracing, type Tracing } from '@plinth/telemetry';
import { systemClock, systemIds } from '../clock-and-ids.ts';
import { measureTracing } from '../http/telemetry.ts';
import { assertCanListen, openMetrics } from '../listen.ts';
import type { Module } from '../module.ts';
import { createReadinessCheck, type Dependency } from '../plugins/health.ts';
import { openLocalPorts, openPorts } from '../ports.ts';
import { getRedactedFields } from '../redacted-fields.ts';
import { stopGracefully } from '../shutdown.ts';
import { assertRunnable, createWorker } from './worker.ts';
import type { WorkerConfig } from './worker-settings.ts';

export type WorkerHostOptions = {
  readonly name: string;
  /** Every module of the product. `WORKER_MODULES` chooses those that run here. */
  readonly modules: readonly Module[];
  readonly config: WorkerConfig;
  /** Opens the datastore. @throws `StartupError` in one sentence when it cannot be used. */
  readonly connect: (config: WorkerConfig, options: { onCommand: CommandObserver | undefined }) => Promise<Datastore>;
  readonly connectQueues: (config: WorkerConfig, logger: Logger) => Queues & Pick<Dependency, 'name' | 'required'>;
};

type Shutdown = { stop: () => Promise<void> };

const listModules = ({ modules, config }: WorkerHostOptions): string[] => {
  const names = modules.map(({ name }) => name);
  const unknown = config.WORKER_MODULES?.find((name) => !names.includes(name));
  if (unknown === undefined) return [...(config.WORKER_MODULES ?? names)];
  throw new StartupError(
    `WORKER_MODULES names '${unknown}', which is no module. Use names among ${names.join(', ')}, with commas between them.`,
  );
};

/** The part of the options of a worker that settings decide. */
const toRunning = async (options: WorkerHostOptions, outbound: Outbound) => {
  const { modules, config } = options;
  const runs = listModules(options);
  const key = config.AUDIT_SIGNING_KEY;
  const ran = modules.filter(({ name }) => runs.includes(name));
  return {
    modules,
    runs,
    signer: key && createSigner(key),
    ports: await openPorts(ran, config, { outbound }),
    localPorts: await openLocalPorts(ran, config),
  };
};

type Prepared = {
  readonly running: Awaited<ReturnType<typeof toRunning>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
  readonly outbound: Outbound;
  readonly shutdown: Shutdown;
};

const start = async (options: WorkerHostOptions, prepared: Prepared): Promise<void> => {
  const { config } = options;
  const { running, logger, metrics, tracing, outbound, shutdown } = prepared;
  const datastore = await options.connect(config, { onCommand: tracing?.onCommand });
  const queues = options.connectQueues(config, logger);
  const worker = createWorker({
    ...running,
    datastore,
    queues,
    logger,
    metrics,
    tracing,
    clock: systemClock,
    ids: systemIds,
  });
  const lifecycle = { isDraining: false };
  const dependencies = [{ name: 'mongodb', required: true, check: datastore.ping }, queues, ...outbound.list()];
  const checkReadiness = createReadinessCheck({ dependencies, lifecycle });
  await (config.MIGRATE_ON_START ? worker.prepare() : worker.assertPrepared());
  // Not earlier: a rollout replaces old workers when the probes of this one succeed.
  const metricsServer = await openMetrics({ metrics, checkReadiness }, config);
  worker.start();
  shutdown.stop = async () => {
    lifecycle.isDraining = true;
    await worker.stop();
    await Promise.all([queues.close(), datastore.close(), metricsServer?.close()]);
    await tracing?.stop();
  };
  logger.info('working', { metricsUrl: metricsServer?.url, modules: running.runs });
};

/**
 * Runs the background half of modules in this process until a signal stops it. A worker that cannot start prints the reason in one
 * sentence and exits with 1. With the argument `--check` it exits with 0 before it connects to anything.
 */
export const runWorker = async (options: WorkerHostOptions): Promise<void> => {
  const { name, modules, config } = options;
  const logger = createLogger({
    service: name,
    level: config.LOG_LEVEL,
    classified: getRedactedFields(modules),
    destination: createStdoutDestination({ isProduction: config.NODE_ENV === 'production' }),
  });
  const shutdown: Shutdown = { stop: async () => undefined };
  stopGracefully(() => shutdown.stop(), { logger });
  try {
    await assertCanListen(config);
    const metrics = createMetrics();
    const tracing = startTracing(name, config);
    if (tracing) measureTracing(metrics, tracing);
    const outbound = createOutbound({ metrics, tracing });
    const running = await toRunning(options, outbound);
    assertRunnable(running);
    if (process.argv.includes('--check')) return process.exit(0);
    await start(options, { running, logger, metrics, tracing, outbound, shutdown });
  } catch (error) {
    if (error instanceof StartupError) process.stderr.write(`\n${error.message}\n\n`);
    else logger.fatal('start-failed', { err: error });
    logger.flush();
    process.exit(1);
  }
};
