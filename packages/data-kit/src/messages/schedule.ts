import { Cron } from 'croner';
import { z } from 'zod';

/** When a job runs by the calendar, and for which tenants. */
export type Schedule = {
  /** Minute, hour, day of the month, month and day of the week: `0 3 * * 1-5`. */
  readonly cron: string;
  /** A name of the IANA database, such as `Europe/Berlin`. Default: `UTC`. */
  readonly timeZone?: string;
  /** The job runs once for each tenant that has documents in this collection of the module. */
  readonly tenantsOf: { readonly name: string };
};

/** The input of a scheduled job: the time for which it was planned. */
export const PlannedRun = z.object({ plannedAt: z.date() });
export type PlannedRun = z.infer<typeof PlannedRun>;

const parse = ({ cron, timeZone = 'UTC' }: Pick<Schedule, 'cron' | 'timeZone'>): Cron =>
  new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true });

/**
 * Returns the last time of a schedule up to now, and the next one after it. A local time that a day lacks, when clocks are set
 * forward, is an hour later, and one that a day has twice is the first of the two.
 */
export const getRunTimes = (
  schedule: Pick<Schedule, 'cron' | 'timeZone'>,
  now: Date,
): { readonly last: Date | undefined; readonly next: Date | undefined } => {
  const cron = parse(schedule);
  const [last] = cron.previousRuns(1, new Date(now.getTime() + 1));
  return { last, next: cron.nextRun(now) ?? undefined };
};

/** @throws when the schedule has no times: for an invalid expression or time zone. */
export const assertSchedule = (job: string, schedule: Schedule): void => {
  const fail = (reason: string, cause?: unknown): TypeError =>
    new TypeError(`The schedule '${schedule.cron}' of the job '${job}' is invalid: ${reason}`, { cause });
  let next: Date | undefined;
  try {
    ({ next } = getRunTimes(schedule, new Date(0)));
  } catch (cause) {
    throw fail((cause as Error).message, cause);
  }
  if (!next) throw fail('no date matches it.');
};
