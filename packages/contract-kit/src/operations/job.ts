import { z } from 'zod';
import { defineListQuery, definePage } from '../schemas/list-query.ts';
import { resourceExample } from '../schemas/resource.ts';

const { id, createdAt } = resourceExample;

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case words with hyphens')
  .max(100);

export const ModuleName = Name.meta({
  id: 'ModuleName',
  description: 'A module, such as `orders`.',
  examples: ['orders'],
});

export const JobName = Name.meta({
  id: 'JobName',
  description: 'A job or a consumer of events, such as `erase-ended-orders`.',
});

export const DeadMessageId = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[\w.~-]+$/, 'must be the id of a dead message')
  .max(320)
  .meta({
    id: 'DeadMessageId',
    examples: [`erase-ended-orders.${id}`],
    description: 'The id of a message: the name of its job, a point, and the id of its event.',
  });

const time = z.iso.datetime();

const job = { module: 'orders', name: 'erase-ended-orders', ready: 3, dead: 1, oldestReadyAt: createdAt };

/** A job or a consumer of events with the messages of one organization. */
export const Job = z
  .object({
    module: ModuleName,
    name: JobName,
    ready: z.int().min(0).describe('The messages that wait or are being handled.'),
    dead: z.int().min(0).describe('The messages that have failed too often, and wait for an operator.'),
    oldestReadyAt: time.optional().describe('When the oldest message arrived that waits. Absent when none does.'),
    pausedAt: time.optional().describe('Since when the job is paused for all organizations. Absent when it is not.'),
  })
  .meta({
    id: 'Job',
    examples: [job],
  });
export type Job = z.infer<typeof Job>;

export const JobList = z.object({ items: z.array(Job) }).meta({ id: 'JobList', examples: [{ items: [job] }] });

export const MessageFailure = z
  .object({
    at: time,
    text: z.string().describe('The error that the API declares for it, or the name of an internal error.'),
  })
  .meta({ id: 'MessageFailure', examples: [{ at: createdAt, text: 'TypeError' }] });

/** A message that has failed too often. Its payload and the texts of internal errors are not part of it. */
export const DeadMessage = z
  .object({
    id: DeadMessageId,
    module: ModuleName,
    name: JobName,
    event: z.string().describe('The event, such as `users.user-erased`, or the job.'),
    aggregateId: z.string().describe('The id of the resource that the event is about.'),
    actor: z
      .object({ kind: z.string(), id: z.string() })
      .describe('The user or the part of the system that caused the event.'),
    requestId: z.string().describe('The `X-Request-Id` of the request that caused the event.'),
    attempts: z.int().min(0),
    receivedAt: time,
    diedAt: time.describe('The time of its last attempt.'),
    failures: z.array(MessageFailure).describe('The failures, newest last, at most 20.'),
  })
  .meta({
    id: 'DeadMessage',
    examples: [
      {
        id: `erase-ended-orders.${id}`,
        module: 'orders',
        name: 'erase-ended-orders',
        event: 'orders.customer-erasure-started',
        aggregateId: id,
        actor: { kind: 'user', id },
        requestId: id,
        attempts: 10,
        receivedAt: createdAt,
        diedAt: createdAt,
        failures: [{ at: createdAt, text: 'TypeError' }],
      },
    ],
  });
export type DeadMessage = z.infer<typeof DeadMessage>;

export const DeadMessagePage = definePage(DeadMessage);

export const ListDeadMessagesQuery = defineListQuery({
  item: DeadMessage,
  filters: { name: JobName },
  ranges: {},
  combinations: [{ sort: ['-diedAt'] }, { where: ['name'], sort: ['-diedAt'] }],
});

export const JobParams = z.object({ module: ModuleName });
export const DeadMessageParams = z.object({ module: ModuleName, id: DeadMessageId });
