import { defineEvents, firstVersion, Id } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAsyncApi, listEvents } from '../src/index.ts';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const Weight = z.int().min(1).meta({ id: 'Weight' });
const thingsEvents = defineEvents('things', {
  aggregate: { thingId: Id },
  events: {
    thingMade: firstVersion({ grams: Weight })
      .nextVersion({ weight: Weight.describe('In grams.') })
      .upcast(({ grams }) => ({ weight: grams })),
    thingBroken: {},
  },
});

const module = { ...thingsModule, events: [thingsEvents] };
const document = createAsyncApi({ title: 'Things', events: listEvents([module]) });
const host = useTestHost(async () => ({ modules: [module], datastore: fakeDatastore() }));

describe('the AsyncAPI document', () => {
  it('has a channel for the domain, with the newest version of each event as a message', () => {
    const messages = ['things.thing-made.v2', 'things.thing-broken.v1'];
    expect(document).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: 'Things events' },
      channels: { things: { address: 'things', title: 'Things' } },
      operations: { 'send.things': { action: 'send', channel: { $ref: '#/channels/things' } } },
      components: { messages: { 'things.thing-made.v2': { title: 'Thing made' } } },
    });
    const { channels, components } = document as Record<string, Record<string, Record<string, object>>>;
    expect(Object.keys(channels?.['things']?.['messages'] ?? {})).toEqual(messages);
    expect(Object.keys(components?.['messages'] ?? {})).toEqual(messages);
  });

  it('has the schema of the data of every version, and each named schema once', () => {
    expect(document).toMatchObject({
      components: {
        schemas: {
          'things.thing-made.v1': { properties: { grams: { $ref: '#/components/schemas/Weight' } } },
          'things.thing-made.v2': {
            required: ['thingId', 'weight'],
            properties: { weight: { allOf: [{ $ref: '#/components/schemas/Weight' }], description: 'In grams.' } },
          },
          Weight: { type: 'integer', minimum: 1 },
        },
      },
    });
    expect(JSON.stringify(document)).not.toContain('#/definitions/');
  });

  it('describes a message as a CloudEvent with its type and its data', () => {
    expect(document).toMatchObject({
      components: {
        messages: {
          'things.thing-broken.v1': {
            contentType: 'application/cloudevents+json',
            payload: {
              allOf: [
                { $ref: '#/components/schemas/CloudEvent' },
                {
                  properties: {
                    type: { const: 'things.thing-broken.v1' },
                    data: { $ref: '#/components/schemas/things.thing-broken.v1' },
                  },
                },
              ],
            },
          },
        },
      },
    });
  });

  it('is the one that the host serves, and is linked by the pages of the reference', async () => {
    const { body } = await host.current.anonymous.get('/asyncapi.json');
    expect(body).toEqual({ ...document, info: { ...(document['info'] as object), title: body.info.title } });
    expect((await host.current.anonymous.get('/docs')).text).toContain('<a href="/asyncapi.json">AsyncAPI</a>');
  });

  it('has no channel where no module emits events', () => {
    expect(createAsyncApi({ title: 'Things', events: listEvents([thingsModule]) })).toMatchObject({
      channels: {},
      operations: {},
    });
  });
});
