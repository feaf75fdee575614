import type { z } from 'zod';
import { toFrozenCopy } from '../collections/frozen-copy.ts';
import { type Clock, type Ctx, type Ids, toTraceFields } from '../context/context.ts';
import type { WriteSets } from '../datastore/unit-of-work.ts';
import { type NewMessage, toReceived } from './inbox.ts';
import type { JobType } from './job.ts';
import { type Message, type ReceivedEvent, toMessageId } from './message.ts';

export type EnqueueOptions<I extends z.ZodObject = z.ZodObject> = {
  readonly input: z.input<I>;
  /**
   * Of several jobs of a tenant with the same name and key, the first one is stored, and the others are left out. Its message is
   * stored until eight days after the job has ended. At most 200 letters, digits, and `.`, `_`, `~`, `-`.
   */
  readonly key?: string;
  /** The earliest time at which the job runs, by the clock of the database. */
  readonly at?: Date;
};

/** Records jobs in the write set of `ctx`. They are stored in the inbox of the module with its writes, all or none. */
export type Jobs = {
  /** @throws when the input breaks its schema, for a key with other characters, or when no unit of work runs for `ctx`. */
  enqueue<I extends z.ZodObject>(ctx: Ctx, job: JobType<I>, options: EnqueueOptions<NoInfer<I>>): void;
};

type Deps<W> = {
  /** The name of the module. */
  readonly source: string;
  readonly writeSets: WriteSets<W>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Creates the write that stores a message unless one of its id is stored. */
  readonly toWrite: (message: Message) => W;
};

const toStoredInput = ({ name, input: schema }: JobType, input: unknown): Record<string, unknown> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return toFrozenCopy(parsed.data);
  const [issue] = parsed.error.issues;
  throw new TypeError(
    `The input of the job '${name}' breaks its schema at '${issue?.path.join('.')}': ${issue?.message}.`,
  );
};

type TimeAndKey = { readonly key: string | undefined; readonly at: Date | undefined };

const assertOptions = ({ name }: JobType, { key, at }: TimeAndKey): void => {
  if (key !== undefined && !/^[\w.~-]{1,200}$/.test(key)) {
    throw new TypeError(`The key of the job '${name}' must have 1 to 200 letters, digits or '.', '_', '~', '-'.`);
  }
  if (at && Number.isNaN(at.getTime())) throw new TypeError(`The time of the job '${name}' is no valid date.`);
};

type Enqueued = Omit<ReceivedEvent, 'name' | 'version' | 'aggregateId' | 'position'> &
  Pick<NewMessage, 'tenantId' | 'dueAt'> & { readonly key: string | undefined };

const toMessage = (job: string, { tenantId, key, dueAt, ...event }: Enqueued): NewMessage => ({
  _id: toMessageId(job, key === undefined ? event.id : `${tenantId}/${key}`),
  tenantId,
  consumer: job,
  orderKey: event.id,
  position: event.id,
  event: { ...event, name: job, version: 1, aggregateId: key ?? event.id, position: event.id },
  ...(dueAt && { dueAt }),
});

/** The run of a scheduled job for a tenant. */
export type ScheduledRun = {
  readonly source: string;
  readonly tenantId: string;
  readonly plannedAt: Date;
  readonly id: string;
  readonly traceId: string;
};

/** Returns the message of a scheduled run. The planned time is its key, so there is one, however often it is stored. */
export const toScheduledMessage = (job: string, { plannedAt, ...run }: ScheduledRun): NewMessage =>
  toMessage(job, {
    ...run,
    key: plannedAt.toISOString().replaceAll(':', '.'),
    at: plannedAt,
    actor: { kind: 'consumer', id: `${run.source}.${job}` },
    requestId: run.id,
    payload: { plannedAt },
  });

/** Creates the port by which actions enqueue jobs in their write set. */
export const createJobs = <W>({ source, writeSets, clock, ids, toWrite }: Deps<W>): Jobs => ({
  enqueue: (ctx, job, { input, key, at }) => {
    assertOptions(job, { key, at });
    const [id, now] = [ids.next(), clock.now()];
    const { tenantId, actor, requestId, trace } = ctx;
    const message = toMessage(job.name, {
      id,
      source,
      tenantId,
      key,
      at: now,
      actor: { kind: actor.kind, id: actor.id },
      requestId,
      ...toTraceFields(trace),
      payload: toStoredInput(job, input),
      ...(at && { dueAt: at }),
    });
    writeSets.enqueue(ctx, job.name, toWrite(toReceived(message, now)));
  },
});
