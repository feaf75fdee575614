import { CloudEvent as ReadEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { CloudEvent, toCloudEvent } from './cloud-event.ts';
import type { ReceivedEvent } from './message.ts';

const event: ReceivedEvent = {
  id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  name: 'orders.order-placed',
  version: 2,
  source: 'orders',
  aggregateId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5e',
  position: '0000018f-0001-0000',
  at: new Date('2026-11-30T09:30:00.000Z'),
  actor: { kind: 'user', id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5f' },
  requestId: 'request',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  payload: { orderId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5e', at: new Date(0) },
};
const options = { tenantId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c60', publicUrl: 'https://api.example.com' };

/** Returns the event as a client reads it. @throws when the schema of the specification refuses it. */
const send = (sent: ReceivedEvent): object => {
  const json = JSON.parse(JSON.stringify(toCloudEvent(sent, options))) as object;
  const read = new ReadEvent(json);
  read.validate();
  // The constructor adds an id and a time where there is none.
  expect(read.toJSON()).toEqual(json);
  expect(CloudEvent.parse(json)).toEqual(json);
  return json;
};

describe('toCloudEvent', () => {
  it('is valid by the schema of CloudEvents 1.0, with the version in its type', () => {
    expect(send(event)).toEqual({
      specversion: '1.0',
      id: event.id,
      source: '/orders',
      type: 'orders.order-placed.v2',
      subject: event.aggregateId,
      time: '2026-11-30T09:30:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'https://api.example.com/asyncapi.json#/components/schemas/orders.order-placed.v2',
      tenantid: options.tenantId,
      actorid: event.actor.id,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-9d3f7f1e2a3b4c5d-00',
      sequence: '0000018f-0001-0000',
      data: { orderId: event.aggregateId, at: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('continues the trace of the span that committed the event', () => {
    const traced = { ...event, spanId: '00f067aa0ba902b7' };
    const prefix = `00-${event.traceId}-00f067aa0ba902b7`;
    expect(send({ ...traced, sampled: true })).toMatchObject({ traceparent: `${prefix}-01` });
    expect(send({ ...traced, sampled: false })).toMatchObject({ traceparent: `${prefix}-00` });
  });

  it('has the version 1 for an event that was stored without one', () => {
    const { version: _, ...old } = event;
    expect(send(old)).toMatchObject({ type: 'orders.order-placed.v1' });
  });

  it('boundary: the check of this test refuses an empty subject', () => {
    expect(() => send({ ...event, aggregateId: '' })).toThrow('invalid payload');
  });
});
