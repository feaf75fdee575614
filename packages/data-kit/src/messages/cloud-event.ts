import { toEventType } from '@plinth/contract-kit';
import { z } from 'zod';
import { StoredId } from '../collections/entity.ts';
import type { ReceivedEvent } from './message.ts';

/** An event in the envelope of CloudEvents 1.0, in its JSON format. The attributes from `tenantid` to `sequence` are extensions. */
export const CloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: StoredId.describe('The id of the event. It is the same when the event is delivered again.'),
    source: z.string().describe('The module that emitted the event, such as `/orders`.'),
    type: z.string().describe('The name of the event with the version of its data, such as `orders.order-placed.v1`.'),
    subject: z.string().describe('The id of the resource that the event is about.'),
    time: z.string().meta({ format: 'date-time' }).describe('The time of the change.'),
    datacontenttype: z.literal('application/json'),
    dataschema: z.string().meta({ format: 'uri' }).describe('The address of the schema of `data`, in this document.'),
    tenantid: StoredId.describe('The organization.'),
    actorid: z.string().describe('The user or the part of the system that caused the change.'),
    traceparent: z.string().describe('The trace of the request, as in W3C Trace Context.'),
    sequence: z.string().describe('Orders the events of a module: of two texts, that of the later event is greater.'),
    data: z.record(z.string(), z.unknown()).describe('The facts, by the schema of `type`.'),
  })
  .meta({ id: 'CloudEvent' });
export type CloudEvent = z.infer<typeof CloudEvent>;

export type CloudEventOptions = {
  readonly tenantId: string;
  /** The address at which clients reach the API, without a trailing slash. */
  readonly publicUrl: string;
};

const toTraceparent = ({ id, traceId, spanId, sampled = false }: ReceivedEvent): string => {
  // Events of earlier releases have no span, so the end of their id, which is random, takes its place.
  const parent = spanId ?? id.replaceAll('-', '').slice(-16);
  return `00-${traceId}-${parent}-${sampled ? '01' : '00'}`;
};

/**
 * Converts an event to a CloudEvent. Its `type` has the version, because CloudEvents wants another type for data that is not
 * compatible. Its `source` names no host, because a module emits the same events on every host.
 */
export const toCloudEvent = (event: ReceivedEvent, { tenantId, publicUrl }: CloudEventOptions): CloudEvent => {
  const type = toEventType(event);
  return {
    specversion: '1.0',
    id: event.id,
    source: `/${event.source}`,
    type,
    subject: event.aggregateId,
    time: event.at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `${publicUrl}/asyncapi.json#/components/schemas/${type}`,
    tenantid: tenantId,
    actorid: event.actor.id,
    traceparent: toTraceparent(event),
    sequence: event.position,
    data: event.payload,
  };
};
