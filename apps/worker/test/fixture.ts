import { randomBytes } from 'node:crypto';
import type { Clock, EnqueueOptions, JournalRow, Queues } from '@plinth/data-kit';
import { createLogger } from '@plinth/logger';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { connectQueues } from '@plinth/redis';
import { createWorker, systemIds, type Worker, type WorkerOptions } from '@plinth/service-kit';
import { createMetrics } from '@plinth/telemetry';
import { createContext } from '@plinth/testing';
import { boxesModule, boxMoved, countBox, shelvesModule } from './boxes.ts';

const clock: Clock = { now: () => new Date() };

export const modules = [boxesModule, shelvesModule];

export const logger = createLogger({
  service: 'test',
  level: 'fatal',
  classified: new Map(),
  destination: { write: (line) => void process.stderr.write(line), flush: () => undefined },
});

export type Move = {
  readonly tenantId: string;
  readonly boxId: string;
  readonly step: number;
  readonly fails?: number;
};

/** The effect of an event, as the journal of the consuming module has it, in the order of the commits. */
export type Effect = { readonly tenantId: string; readonly boxId: string; readonly step: number };

/** The two modules on the databases of the test run. */
export type Boxes = {
  readonly datastore: TestDatastore;
  readonly queues: Queues;
  readonly redisPrefix: string;
  readonly inbox: ReturnType<TestDatastore['open']>['inbox'];
  /** Commits an event for each move, at the same time. */
  move(moves: readonly Move[]): Promise<void>;
  /** Commits a job for the move. */
  enqueue(move: Move, options?: Omit<EnqueueOptions, 'input'>): Promise<void>;
  /** Moves the last runs of scheduled jobs to a time. */
  ageSchedules(plannedAt: Date): Promise<void>;
  listEffects(): Promise<Effect[]>;
  /** Starts a worker of both modules, which the test has to stop. */
  startWorker(options?: Partial<WorkerOptions>): Worker;
  close(): Promise<void>;
};

export const openBoxes = async (redisUrl = String(process.env['REDIS_URL'])): Promise<Boxes> => {
  const datastore = await openTestDatastore();
  const redisPrefix = `t${randomBytes(6).toString('hex')}_`;
  const queues = connectQueues({ REDIS_URL: redisUrl, REDIS_KEY_PREFIX: redisPrefix }, logger);
  const options = { clock, ids: systemIds };
  const [boxes, shelves] = [datastore.open(boxesModule, options), datastore.open(shelvesModule, options)];
  await Promise.all([boxes.prepare(), shelves.prepare()]);
  const moveOne = async ({ tenantId, boxId, step, fails = 0 }: Move): Promise<void> => {
    const ctx = createContext({ tenantId });
    const emit = async () => boxes.events.emit(ctx, boxMoved, { boxId, step, fails });
    await boxes.unitOfWork.run(ctx, emit, { operation: 'moveBox' });
  };
  const shelvesDb = datastore.client.db(`${datastore.databasePrefix}shelves`);
  return {
    datastore,
    queues,
    redisPrefix,
    inbox: shelves.inbox,
    move: async (moves) => void (await Promise.all(moves.map(moveOne))),
    enqueue: async ({ tenantId, boxId, step }, enqueued) => {
      const ctx = createContext({ tenantId });
      const work = async () => shelves.jobs.enqueue(ctx, countBox, { input: { boxId, step }, ...enqueued });
      await shelves.unitOfWork.run(ctx, work, { operation: 'countBox' });
    },
    ageSchedules: async (plannedAt) =>
      void (await shelvesDb.collection('schedules').updateMany({}, { $set: { plannedAt } })),
    listEffects: async () => {
      const rows = await shelvesDb.collection<JournalRow>('journal').find().sort({ storedAt: 1 }).toArray();
      return rows
        .flatMap(({ tenantId, changes }) =>
          changes.map(({ after }) => ({ tenantId, ...(after as { boxId: string; step: number }) })),
        )
        .map(({ tenantId, boxId, step }) => ({ tenantId, boxId, step }));
    },
    startWorker: (own = {}) => {
      const worker = createWorker({
        modules,
        runs: modules.map(({ name }) => name),
        datastore,
        queues,
        logger,
        metrics: createMetrics(),
        ...options,
        ...own,
      });
      worker.start();
      return worker;
    },
    close: async () => {
      await queues.close();
      await datastore.close();
    },
  };
};
