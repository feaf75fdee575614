import { z } from 'zod';
import { StoredId } from '../collections/entity.ts';

/** An event as a consumer receives it. */
export const ReceivedEvent = z.object({
  id: StoredId,
  name: z.string(),
  /** The version of the payload. Without one it is 1. */
  version: z.int().min(1).optional(),
  /** Its tenant, where the message has another one. */
  tenantId: StoredId.optional(),
  /** The module whose journal has the event. */
  source: z.string(),
  aggregateId: z.string(),
  /** Orders the events of a module: the strings of later commits are greater. */
  position: z.string(),
  at: z.date(),
  actor: z.object({ kind: z.string(), id: z.string() }),
  requestId: z.string(),
  traceId: z.string(),
  /** The span that committed the event, and whether it was recorded. Events of earlier releases have neither. */
  spanId: z.string().optional(),
  sampled: z.boolean().optional(),
  payload: z.record(z.string(), z.unknown()),
});
export type ReceivedEvent = z.infer<typeof ReceivedEvent>;

export const Failure = z.object({ at: z.date(), message: z.string() });
export type Failure = z.infer<typeof Failure>;

/** The failures that a message keeps: the newest ones. */
export const failuresMax = 20;

/**
 * A message in the inbox of a module: an event for one of its consumers, or a job. Its id is unique for consumer and event, so an
 * event that is received again changes nothing. It becomes `done` in the transaction of its effect, `dead` when it has failed too
 * often. A job for later is `delayed` until it is due.
 */
export const Message = z.object({
  _id: z.string(),
  tenantId: StoredId,
  consumer: z.string(),
  state: z.enum(['delayed', 'ready', 'done', 'dead']),
  /** Messages of a consumer with the same key are handled one after the other: an aggregate, or this event alone. */
  orderKey: z.string(),
  position: z.string(),
  event: ReceivedEvent,
  failures: z.array(Failure),
  attempts: z.int().min(0),
  /** When it was received, or became due. */
  receivedAt: z.date(),
  /** When it is ready, by the clock of the database. */
  dueAt: z.date().optional(),
  endedAt: z.date().optional(),
});
export type Message = z.infer<typeof Message>;

/** The fields by which a message is sent to a queue. */
export type MessageHead = Pick<Message, '_id' | 'orderKey'>;

export const toMessageId = (consumer: string, eventId: string): string => `${consumer}/${eventId}`;
