import type { Queue, Queues } from '@plinth/data-kit';
import { Queue as JobQueue } from 'bullmq';
import { openConnection, type RedisLog, type RedisSettings } from '../connection.ts';
import { type JobData, type QueueTimes, startWorker, toMessage } from './worker.ts';
import { openWorkerConnection } from './worker-connection.ts';

export type { QueueTimes };

/** Queues in Redis. It holds no data that must survive, so an outage delays messages and loses none. */
export type RedisQueues = Queues & {
  readonly name: 'queues';
  /** A process without Redis is degraded, and continues when it is back. */
  readonly required: false;
};

const defaultTimes: QueueTimes = { lockMs: 30_000, takeoverCheckMs: 15_000 };

type QueueOptions = ConstructorParameters<typeof JobQueue<JobData>>[1];

const createQueue = (name: string, options: QueueOptions): Queue => {
  const queue = new JobQueue<JobData>(name, options);
  // The connection logs its errors itself.
  queue.on('error', () => undefined);
  return {
    add: async (messages) => {
      const jobs = messages.map(({ id, tenantId, orderKey }) => ({
        name: 'message',
        data: { tenantId, orderKey },
        opts: { jobId: id },
      }));
      await queue.addBulk(jobs);
    },
    list: async () => (await queue.getJobs(['waiting', 'delayed', 'prioritized', 'active'])).map(toMessage),
    close: () => queue.close(),
  };
};

/**
 * Connects in the background: a process starts without Redis, and its workers begin when it is reachable. Logs each loss of the
 * connection once as `redis-disconnected`, and its return as `redis-reconnected`.
 */
export const connectQueues = (
  settings: RedisSettings,
  log: RedisLog,
  times: QueueTimes = defaultTimes,
): RedisQueues => {
  const prefix = `${settings.REDIS_KEY_PREFIX ?? ''}queues`;
  const redis = openConnection(settings, { log, commandTimeoutMs: 2000 });
  const closings: (() => Promise<void>)[] = [];
  return {
    name: 'queues',
    required: false,
    open: (name) => {
      const queue = createQueue(name, {
        connection: redis,
        prefix,
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
        // BullMQ would wait for Redis, and never recover from an outage during its first commands.
        skipWaitingForReady: true,
        skipVersionCheck: true,
      });
      closings.push(queue.close);
      return queue;
    },
    work: (name, options) => {
      const worker = startWorker(name, options, { connection: openWorkerConnection(settings), prefix, log, times });
      closings.push(worker.stop);
      return worker;
    },
    check: async () => void (await redis.ping()),
    close: async () => {
      await Promise.all(closings.map((close) => close()));
      redis.disconnect();
    },
  };
};
