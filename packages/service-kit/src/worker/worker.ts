import type {
  Clock,
  Consumer,
  Datastore,
  Ids,
  JournalConsumer,
  ModuleStore,
  Queue,
  Queues,
  QueueWorker,
  Signer,
} from '@plinth/data-kit';
import { StartupError, toMessages } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type { Metrics, Tracing } from '@plinth/telemetry';
import type { Module } from '../module.ts';
import { assertLocalPorts, toModuleDeps } from '../module-deps.ts';
import { createBacklogMetrics } from './backlog-metrics.ts';
import { createDelayedMessages } from './delayed-messages.ts';
import { createDispatcher, type DispatchLimits } from './dispatcher.ts';
import { createMessageHandler } from './handle-message.ts';
import { createJournalRetention } from './journal-retention.ts';
import { createPausedConsumers, type PausedConsumers } from './paused-consumers.ts';
import { runSchedule, type ScheduledJob } from './run-schedule.ts';
import { listReaders, listSubscribers, toQueueName } from './subscribers.ts';

export type WorkerOptions = {
  /** Every module of the product, so that the events of one reach the consumers of all. */
  readonly modules: readonly Module[];
  /** The names of the modules whose journals are read and whose consumers run in this process. */
  readonly runs: readonly string[];
  readonly datastore: Datastore;
  readonly queues: Queues;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Without it no spans are recorded. */
  readonly tracing?: Tracing | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Signs for journal consumers: `createSigner(config.AUDIT_SIGNING_KEY)`. Required when one of them runs here. */
  readonly signer?: Signer | undefined;
  /** The ports of modules by their names, as `openPorts` returns them. Required for each module that runs here and has some. */
  readonly ports?: Readonly<Record<string, object>> | undefined;
  /** The local ports of modules by their names, as `openLocalPorts` returns them. */
  readonly localPorts?: Readonly<Record<string, object>> | undefined;
  readonly limits?: Partial<DispatchLimits>;
};

export type Worker = {
  prepare(): Promise<void>;
  assertPrepared(): Promise<void>;
  start(): void;
  /** Takes no further messages, waits for those in hand, and interrupts what takes too long. */
  stop(): Promise<void>;
};

type OpenModule = {
  readonly name: string;
  readonly store: ModuleStore<Module['collections']>;
  readonly consumers: readonly Consumer[];
  /** The consumers and the jobs, whose messages are in the inbox. */
  readonly receivers: readonly Consumer[];
  readonly scheduled: readonly ScheduledJob[];
  readonly journalConsumer: JournalConsumer | undefined;
  readonly paused: PausedConsumers;
  readonly deps: never;
};

/** Shorter than the time that a process has to stop. */
const stopAfterMs = 7000;

const defaultLimits = { max: 500, checkAfterMs: 30_000 };

const openModule = (module: Module, options: WorkerOptions): OpenModule => {
  const { datastore, clock, ids, logger, tracing, ports, localPorts } = options;
  const store = datastore.open(module, { clock, ids, traceBatch: tracing?.traceBatch });
  const deps = {
    ...(toModuleDeps(module, store, { clock, ids, localPorts }) as object),
    ...ports?.[module.name],
  } as never;
  const { name, consumers = [], jobs = [], journalConsumer } = module;
  const onError = (err: unknown): void => logger.warn('pauses-unknown', { module: name, err });
  const paused = createPausedConsumers({ pauses: store.pauses, onError });
  const receivers = [...consumers, ...jobs];
  const scheduled = jobs.flatMap(({ name: job, schedule }) => (schedule ? [{ name: job, schedule }] : []));
  return { name, store, consumers, receivers, scheduled, journalConsumer, paused, deps };
};

type Running = WorkerOptions & { readonly signal: AbortSignal; readonly stopping: AbortSignal };

/** Copies the events in the journal of a module to the inboxes of their consumers. */
const relay = async ({ name: source }: OpenModule, all: readonly OpenModule[], running: Running): Promise<void> => {
  const { datastore, logger, signal } = running;
  const subscribers = listSubscribers(source, all);
  if (subscribers.length === 0) return;
  await datastore.readJournal({
    module: source,
    name: 'relay',
    receivers: subscribers.map(({ receiver }) => receiver),
    deliver: async (entries, receivers) => {
      for (const { receiver, consumer, inbox } of subscribers) {
        if (receivers.includes(receiver)) await inbox.receive(toMessages(entries, { source, consumer }));
      }
    },
    onError: (err) => logger.error('relay-interrupted', { module: source, err }),
    signal,
  });
};

/** Delivers the journals of all modules but its own to the journal consumer of a module. */
const consumeJournals = async (module: OpenModule, all: readonly OpenModule[], running: Running): Promise<void> => {
  const { datastore, logger, signer, signal } = running;
  const { journalConsumer, store } = module;
  if (!journalConsumer) return;
  const { name, receive } = journalConsumer;
  const receiveEntries = receive({ ...(module.deps as object), unitOfWork: store.unitOfWork, signer } as never);
  const read = ({ name: source }: OpenModule): Promise<void> =>
    datastore.readJournal({
      module: source,
      name,
      receivers: [name],
      deliver: (entries) => receiveEntries(entries, { source, signal }),
      onError: (err) => logger.error('journal-interrupted', { module: source, consumer: name, err }),
      signal,
    });
  await Promise.all(all.filter((other) => other.name !== module.name).map(read));
};

type OpenQueue = { readonly consumer: Consumer; readonly queue: Queue };

/** Sends the messages of a module to the queues of its consumers, in one process at a time. */
const dispatch = async (module: OpenModule, queues: readonly OpenQueue[], running: Running): Promise<void> => {
  const { name, store, scheduled, paused } = module;
  const { inbox } = store;
  const { datastore, logger, limits, ids } = running;
  const onError = (err: unknown): void => logger.error('dispatch-interrupted', { module: name, err });
  await datastore.withLease({ module: name, name: 'dispatch', onError, signal: running.signal }, async (signal) => {
    const dispatchers = new Map(
      queues.map(({ consumer, queue }) => {
        const perTenantMax = 2 * consumer.concurrency;
        const isPaused = (): boolean => paused.has(consumer.name);
        const own = { consumer: consumer.name, inbox, queue, isPaused, onError };
        const options = { ...defaultLimits, perTenantMax, ...limits, ...own };
        return [consumer.name, createDispatcher(options)];
      }),
    );
    const delayed = createDelayedMessages({ inbox, onError });
    const all = [...dispatchers.values(), delayed];
    paused.onResume((consumer) => dispatchers.get(consumer)?.onGap(), signal);
    const watching = inbox.watch({
      onChanges: (changes) => {
        for (const change of changes) {
          delayed.onChange(change);
          dispatchers.get(change.consumer)?.onChange(change);
        }
      },
      onGap: () => {
        for (const { onGap } of all) onGap();
      },
      onError,
      signal,
    });
    const runOptions = { module: name, schedules: store.schedules, inbox, ids, onError, signal };
    const schedules = scheduled.map((job) => runSchedule(job, runOptions));
    await Promise.all([watching, ...schedules, ...all.map(({ run }) => run(signal))]);
  });
};

const handle = ({ name, store, paused, deps }: OpenModule, consumer: Consumer, running: Running): QueueWorker => {
  const { inbox, unitOfWork } = store;
  const { queues, clock, logger, tracing, stopping } = running;
  const handleMessage = createMessageHandler({
    module: name,
    consumer,
    handle: consumer.handle(deps),
    inbox,
    unitOfWork,
    clock,
    logger,
    tracing,
    stopping,
  });
  return queues.work(toQueueName(name, consumer), {
    concurrency: consumer.concurrency,
    rateLimit: consumer.rateLimit,
    // A message that was sent before a pause leaves the queue unhandled, and is sent again after it.
    handle: async (message) => ((await paused.isPaused(consumer.name)) ? undefined : handleMessage(message)),
  });
};

type Runnable = Pick<WorkerOptions, 'modules' | 'runs' | 'signer' | 'ports' | 'localPorts'>;

/** @throws `StartupError` when a module needs a key that is missing. */
export const assertRunnable = ({ modules, runs, signer, ports = {}, localPorts }: Runnable): void => {
  const unknown = runs.find((name) => !modules.some((module) => module.name === name));
  if (unknown !== undefined) throw new TypeError(`There is no module '${unknown}'.`);
  const closed = modules.find(
    (module) => module.ports && runs.includes(module.name) && !Object.hasOwn(ports, module.name),
  );
  if (closed) throw new TypeError(`The ports of the module '${closed.name}' are not open. Pass them as 'ports'.`);
  assertLocalPorts(
    modules.filter(({ name }) => runs.includes(name)),
    { localPorts },
  );
  const unsigned = modules.find(({ name, journalConsumer }) => journalConsumer && !signer && runs.includes(name));
  if (unsigned) {
    throw new StartupError(
      `The module '${unsigned.name}' needs a key to sign with. Set AUDIT_SIGNING_KEY, or run the module in another worker.`,
    );
  }
};

/** Creates the work that a worker repeats: it measures backlogs, and lets entries of journals expire. */
const createUpkeep = (
  ran: readonly OpenModule[],
  all: readonly OpenModule[],
  { datastore, metrics, logger }: WorkerOptions,
): readonly ((signal: AbortSignal) => Promise<void>)[] => [
  createBacklogMetrics({
    inboxes: ran.map(({ name, receivers, store: { inbox, pauses } }) => {
      return { module: name, consumers: receivers.map((receiver) => receiver.name), inbox, pauses };
    }),
    metrics,
    onError: (err) => logger.warn('backlog-unknown', { err }),
  }),
  createJournalRetention({
    journals: ran.map((module) => ({ module: module.name, readers: listReaders(module.name, all) })),
    datastore,
    metrics,
    onError: (err) => logger.warn('journal-not-expired', { err }),
  }),
];

/**
 * Creates the background half of modules: it relays events from the journals to the inboxes of their consumers, sends the messages
 * of each inbox to queues, and handles them.
 */
export const createWorker = (options: WorkerOptions): Worker => {
  assertRunnable(options);
  const { modules, runs, queues, logger } = options;
  const all = modules.map((module) => openModule(module, options));
  const ran = all.filter(({ name }) => runs.includes(name));
  const [ending, interrupting] = [new AbortController(), new AbortController()];
  const running = { ...options, signal: ending.signal, stopping: interrupting.signal };
  const upkeep = createUpkeep(ran, all, options);
  const background: Promise<void>[] = [];
  const workers: QueueWorker[] = [];
  const openQueues: Queue[] = [];
  const forEachStore = async (step: 'prepare' | 'assertPrepared'): Promise<void> => {
    const run = ({ name, store }: OpenModule): Promise<void> =>
      store[step](({ event, fields }) => logger.info(event, { module: name, ...fields }));
    await Promise.all(all.map(run));
  };
  return {
    prepare: () => forEachStore('prepare'),
    assertPrepared: () => forEachStore('assertPrepared'),
    start: () => {
      background.push(...upkeep.map((run) => run(running.signal)));
      for (const module of ran) {
        const opened = module.receivers.map((consumer) => ({
          consumer,
          queue: queues.open(toQueueName(module.name, consumer)),
        }));
        openQueues.push(...opened.map(({ queue }) => queue));
        workers.push(...module.receivers.map((consumer) => handle(module, consumer, running)));
        background.push(relay(module, all, running), consumeJournals(module, all, running));
        if (opened.length > 0) background.push(dispatch(module, opened, running), module.paused.watch(running.signal));
      }
    },
    stop: async () => {
      ending.abort();
      const timer = setTimeout(() => interrupting.abort(new Error('The worker stops.')), stopAfterMs);
      await Promise.all([...background, ...workers.map((worker) => worker.stop())]);
      clearTimeout(timer);
      await Promise.all(openQueues.map((queue) => queue.close()));
    },
  };
};
