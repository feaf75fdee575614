import { randomBytes } from 'node:crypto';
import {
  getRunTimes,
  type Ids,
  type Inbox,
  type Job,
  type NewMessage,
  type Schedule,
  type Schedules,
  toScheduledMessage,
} from '@plinth/data-kit';
import { pauseAfterErrorMs, waitMaxMs, waitOrAbort } from './repeat.ts';

export type ScheduledJob = Pick<Job, 'name'> & { readonly schedule: Schedule };

export type ScheduleOptions = {
  readonly module: string;
  readonly schedules: Schedules;
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly ids: Ids;
  readonly onError: (cause: unknown) => void;
  readonly signal: AbortSignal;
};

const batchSize = 500;

/** A timer of Node may be early by a millisecond. */
const waitMinMs = 5;

const traceIdBytes = 16;

/** Stores a message for each tenant. Those of a run that was interrupted are there already, and stay as they are. */
const storeRun = async ({ name, schedule }: ScheduledJob, plannedAt: Date, options: ScheduleOptions): Promise<void> => {
  const { module: source, schedules, inbox, ids, signal } = options;
  const traceId = randomBytes(traceIdBytes).toString('hex');
  let batch: NewMessage[] = [];
  for await (const tenantId of schedules.listTenants(schedule.tenantsOf.name)) {
    signal.throwIfAborted();
    batch.push(toScheduledMessage(name, { source, tenantId, plannedAt, id: ids.next(), traceId }));
    if (batch.length < batchSize) continue;
    await inbox.receive(batch);
    batch = [];
  }
  await inbox.receive(batch);
};

/** Returns the milliseconds until the next look. Of several times that have passed, the last one runs. */
const runOnce = async (job: ScheduledJob, options: ScheduleOptions): Promise<number> => {
  const { schedules } = options;
  const { cron, timeZone = 'UTC' } = job.schedule;
  const { plannedAt, now } = await schedules.begin(job.name, `${cron} ${timeZone}`);
  const { last, next } = getRunTimes(job.schedule, now);
  if (last && last > plannedAt) {
    await storeRun(job, last, options);
    await schedules.setPlanned(job.name, last);
  }
  const waitMs = next ? next.getTime() - now.getTime() : waitMaxMs;
  return Math.min(Math.max(waitMs, waitMinMs), waitMaxMs);
};

/**
 * Runs a job by its calendar until the signal aborts: when a time has come, a message is stored for each tenant. Any number of
 * processes may do so at once, or be killed at any step: the id of a message has the planned time.
 */
export const runSchedule = async (job: ScheduledJob, options: ScheduleOptions): Promise<void> => {
  const { onError, signal } = options;
  while (!signal.aborted) {
    const waitMs = await runOnce(job, options).catch((cause: unknown) => {
      if (!signal.aborted) onError(cause);
      return pauseAfterErrorMs;
    });
    await waitOrAbort(waitMs, signal);
  }
};
