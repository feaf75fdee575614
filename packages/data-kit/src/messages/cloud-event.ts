import { toEventType } from '@plinth/contract-kit';
import type { ReceivedEvent } from './message.ts';

/** An event in the envelope of CloudEvents 1.0, in its JSON format. */
export type CloudEvent = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly tenantid: string;
  readonly actorid: string;
  readonly traceparent: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type CloudEventOptions = {
  readonly tenantId: string;
  /** The address at which clients reach the API, without a slash at its end. */
  readonly publicUrl: string;
};

/**
 * Converts an event to a CloudEvent. Its `type` has the version, because CloudEvents wants another type for data that is not
 * compatible. Its `source` has no host: a module has the same events wherever it runs, and moves to other hosts.
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
    // The journal does not keep the span that emitted the event, so the end of the event's id, which is random, stands for it.
    traceparent: `00-${event.traceId}-${event.id.replaceAll('-', '').slice(-16)}-00`,
    sequence: event.position,
    data: event.payload,
  };
};
