import type { z } from 'zod';
import type { Ctx } from '../context/context.ts';
import { type Consumer, defineConsumer, type RetryPolicy } from './consumer.ts';
import type { RateLimit } from './queues.ts';
import { assertSchedule, type Schedule } from './schedule.ts';

/** The name of a job and the schema of its input, by which it is enqueued. */
export type JobType<I extends z.ZodObject = z.ZodObject> = {
  /** Unique among the jobs and consumers of its module, and stored with each message: it never changes. */
  readonly name: string;
  /** Stored jobs are validated again when they run: a later release adds optional fields only. */
  readonly input: I;
};

/** The input of a job, as its action receives it. */
export type InputOf<J extends JobType> = z.output<J['input']>;

type JobSpec<Deps, I extends z.ZodObject> = JobType<I> & {
  /**
   * An action: `(deps) => async (input, ctx)`. It runs in a unit of work that also marks the job as done, so its effect takes place
   * once, however often it runs.
   */
  readonly handle: (deps: Deps) => (input: z.output<I>, ctx: Ctx) => Promise<void>;
  /** How many jobs a worker handles at a time. Default: 10. */
  readonly concurrency?: number;
  /** The time after which an attempt has failed. Default: 30 seconds. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** For a system that accepts only so many calls. Default: no limit. */
  readonly rateLimit?: RateLimit;
  /** Runs the job by the calendar, with a `PlannedRun` as its input. */
  readonly schedule?: Schedule;
};

/** A job, as a module declares it: the consumer of the messages by which it is enqueued. */
export type Job<Deps = never, I extends z.ZodObject = z.ZodObject> = Consumer<Deps> &
  JobType<I> & { readonly schedule?: Schedule };

/** Declares a job. @throws for a name that cannot be stored, and for a schedule without times or whose runs break the input. */
export const defineJob = <Deps, I extends z.ZodObject>({
  input,
  handle,
  schedule,
  ...spec
}: JobSpec<Deps, I>): Job<Deps, I> => {
  if (schedule) assertSchedule(spec.name, schedule);
  if (schedule && !input.safeParse({ plannedAt: new Date(0) }).success) {
    throw new TypeError(`The input of the job '${spec.name}' must accept a PlannedRun, because it has a schedule.`);
  }
  // No journal has this event: its name has no domain.
  const event = { name: spec.name, version: 1, earlier: [], payload: input, aggregate: '' };
  const consumer = defineConsumer({
    ...spec,
    events: [event],
    handle:
      (deps: Deps) =>
      ({ payload }, ctx) =>
        handle(deps)(payload as z.output<I>, ctx),
  });
  return { ...consumer, input, ...(schedule && { schedule }) };
};
