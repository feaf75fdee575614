import { setTimeout as sleep } from 'node:timers/promises';
import type { HandleMessage, QueuedMessage, QueueWorker, QueueWorkerOptions } from '@plinth/data-kit';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { RedisLog } from '../connection.ts';
import type { WorkerConnection } from './worker-connection.ts';

/** The data of a job, whose id is that of the message. */
export type JobData = Omit<QueuedMessage, 'id'> & {
  /** How often the job had been taken over when it was handled last: BullMQ counts for ever. */
  readonly takeovers?: number;
};

export const toMessage = ({ id = '', data: { tenantId, orderKey } }: Job<JobData>): QueuedMessage => ({
  id,
  tenantId,
  orderKey,
});

export type QueueTimes = {
  /** The time after which the message of a silent worker may be taken over. A worker renews the lock after half of it. */
  readonly lockMs: number;
  /** How often silent workers are looked for. A message is taken over after the time of a lock and two of these at most. */
  readonly takeoverCheckMs: number;
};

export type WorkerDeps = {
  readonly connection: WorkerConnection;
  readonly prefix: string;
  readonly log: RedisLog;
  readonly times: QueueTimes;
};

/** A pause of about a second, which differs so that retries spread. */
const toRejectedPauseMs = (): number => 500 + Math.random() * 1000;

/** How long a worker that stops waits for Redis after its last message has been handled. */
const recordWithinMs = 2000;

type Outcome = Awaited<ReturnType<HandleMessage>>;
type ProcessorDeps = {
  readonly handle: (job: Job<JobData>, isTakenOver: boolean) => Promise<Outcome>;
  readonly report: (error: Error) => void;
};

/** Creates the function that BullMQ calls for each message. It never fails one, because a failed one would leave the queue. */
const createProcessor =
  ({ handle, report }: ProcessorDeps) =>
  async (job: Job<JobData>, token?: string): Promise<void> => {
    const isTakenOver = job.stalledCounter > (job.data.takeovers ?? 0);
    const outcome = await handle(job, isTakenOver);
    if (!outcome) return;
    try {
      if (isTakenOver) await job.updateData({ ...job.data, takeovers: job.stalledCounter });
      await job.moveToDelayed(Date.now() + outcome.pauseMs, token);
    } catch (cause) {
      // If its job is still there, the message is taken over when the lock expires.
      report(cause as Error);
    }
    throw new DelayedError();
  };

/** Starts to handle the messages of a queue. */
export const startWorker = (
  queue: string,
  { concurrency, rateLimit, handle }: QueueWorkerOptions,
  { connection, prefix, log, times }: WorkerDeps,
): QueueWorker => {
  const inHand = new Set<Promise<unknown>>();
  const handleJob = async (job: Job<JobData>, isTakenOver: boolean): Promise<Outcome> => {
    try {
      return await handle({ ...toMessage(job), isTakenOver });
    } catch (cause) {
      log.warn('message-not-handled', { err: cause as Error, queue, messageId: job.id });
      return { pauseMs: toRejectedPauseMs() };
    }
  };
  const handleTracked = (job: Job<JobData>, isTakenOver: boolean): Promise<Outcome> => {
    const handling = handleJob(job, isTakenOver).finally(() => inHand.delete(handling));
    inHand.add(handling);
    return handling;
  };
  const report = (err: Error): void => {
    if (!connection.isOutage(err)) log.warn('queue-failed', { err, queue });
  };
  const worker = new Worker<JobData>(queue, createProcessor({ handle: handleTracked, report }), {
    connection,
    prefix,
    concurrency,
    ...(rateLimit && { limiter: { max: rateLimit.max, duration: rateLimit.perMs } }),
    lockDuration: times.lockMs,
    stalledInterval: times.takeoverCheckMs,
    // The inbox counts attempts. BullMQ would remove the message.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  });
  worker.on('error', report);
  return { stop: () => stopWorker(worker, { connection, inHand }) };
};

type StopDeps = { readonly connection: WorkerConnection; readonly inHand: ReadonlySet<Promise<unknown>> };

const stopWorker = async (worker: Worker<JobData>, { connection, inHand }: StopDeps): Promise<void> => {
  const waitUntilHandled = async (): Promise<void> => {
    do {
      await Promise.all(inHand);
      await sleep(recordWithinMs, undefined, { ref: false });
    } while (inHand.size > 0);
  };
  const closed = worker.close();
  // While Redis is unreachable, BullMQ would wait for it here.
  await Promise.race([closed, waitUntilHandled()]);
  connection.disconnect();
  await closed;
  await Promise.all(inHand);
};
