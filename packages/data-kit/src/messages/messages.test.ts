import { defineEvents, firstVersion } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { platformTenantId } from '../context/context.ts';
import { defaultRetry, defineConsumer, toPauseMs } from './consumer.ts';
import { MessageAlreadyHandled } from './inbox.ts';
import type { JournalEntry } from './journal-reader.ts';
import { toMessages } from './to-messages.ts';
import { toNewestEvent } from './to-newest-event.ts';

const tenantId = '019389aa-5e5f-7c1d-9d3f-000000000001';
const [one, two, three] = [2, 3, 4].map((digit) => `019389aa-5e5f-7c1d-9d3f-00000000000${digit}`) as [
  string,
  string,
  string,
];

const { boxMoved, boxOpened } = defineEvents('boxes', {
  aggregate: { boxId: z.string() },
  events: {
    boxMoved: firstVersion({ steps: z.int() })
      .nextVersion({ steps: z.int(), by: z.string() })
      .upcast((v1) => ({ ...v1, by: 'hand' })),
    boxOpened: {},
  },
});

const createEvent = (id: string, name: string, payload: Record<string, unknown>) => ({
  id,
  name,
  aggregateId: String(payload['boxId']),
  payload,
});

const entry: JournalEntry = {
  _id: tenantId,
  tenantId,
  at: new Date(0),
  actor: { kind: 'user', id: one },
  requestId: 'request',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  operation: 'moveBox',
  changes: [],
  events: [
    createEvent(one, boxMoved.name, { boxId: 'a', steps: 1 }),
    createEvent(two, boxOpened.name, { boxId: 'a' }),
    createEvent(three, boxMoved.name, { boxId: 'b', steps: 2 }),
  ],
  position: '65f0c0de00000001',
};

const handle = () => async (): Promise<void> => undefined;

describe('a consumer', () => {
  it('has the usual order, concurrency, time and retries unless it declares others', () => {
    const consumer = defineConsumer({ name: 'count-boxes', events: [boxMoved], handle, retry: { attemptsMax: 3 } });
    expect(consumer).toMatchObject({
      order: 'none',
      concurrency: 10,
      timeoutMs: 30_000,
      retry: { ...defaultRetry, attemptsMax: 3 },
    });
  });

  it.each(['', 'Count', 'count/boxes', '1-box', 'count boxes'])('refuses the name %j', (name) => {
    expect(() => defineConsumer({ name, events: [boxMoved], handle })).toThrow('lower-case words with hyphens');
  });

  it.each([
    { max: 0, perMs: 1000 },
    { max: 1.5, perMs: 1000 },
    { max: 1, perMs: 0 },
  ])('boundary: refuses the rate limit %j', (rateLimit) => {
    expect(() => defineConsumer({ name: 'count', events: [boxMoved], handle, rateLimit })).toThrow('rate limit');
  });

  it('boundary: pauses for a random part of a time that doubles up to its limit', () => {
    const policy = { attemptsMax: 10, pauseMs: 1000, pauseMaxMs: 5000 };
    expect([1, 2, 3, 4, 40].map((attempts) => toPauseMs(policy, attempts, () => 1))).toEqual([
      1000, 2000, 4000, 5000, 5000,
    ]);
    expect(toPauseMs(policy, 4, () => 0)).toBe(0);
  });
});

describe('the messages of an entry', () => {
  it('are those of the declared events, in their order, each with its place', () => {
    const consumer = { name: 'count-boxes', events: [boxMoved], order: 'none' } as const;
    const messages = toMessages([entry], { source: 'boxes', consumer });
    expect(messages).toMatchObject([
      {
        _id: `count-boxes/${one}`,
        tenantId,
        consumer: 'count-boxes',
        orderKey: one,
        position: `${entry.position}-0000`,
      },
      { _id: `count-boxes/${three}`, orderKey: three, position: `${entry.position}-0002` },
    ]);
    expect(messages[0]?.event).toMatchObject({ id: one, source: 'boxes', at: entry.at, actor: entry.actor });
  });

  it('have the aggregate as their order key where the consumer asks for its order', () => {
    const consumer = { name: 'count-boxes', events: [boxMoved, boxOpened], order: 'aggregate' } as const;
    const messages = toMessages([entry], { source: 'boxes', consumer });
    expect(messages.map(({ orderKey }) => orderKey)).toEqual(['a', 'a', 'b']);
  });
});

describe('the messages of a consumer of the platform', () => {
  it('are of the platform, and their events say of which tenant they are', () => {
    const consumer = { name: 'count-boxes', events: [boxOpened], order: 'none', tenant: 'platform' } as const;
    const [message] = toMessages([entry], { source: 'boxes', consumer });
    expect(message).toMatchObject({ tenantId: platformTenantId, event: { tenantId } });
    const [own] = toMessages([{ ...entry, tenantId: platformTenantId }], { source: 'boxes', consumer });
    expect(own?.event).not.toHaveProperty('tenantId');
  });
});

describe('the newest version of an event', () => {
  const [message] = toMessages([entry], {
    source: 'boxes',
    consumer: { name: 'c', events: [boxMoved], order: 'none' },
  });
  if (!message) throw new TypeError('There is no message.');

  it('has the payload of the last upcaster', () => {
    expect(toNewestEvent(message.event, [boxOpened, boxMoved])).toMatchObject({
      version: 2,
      payload: { boxId: 'a', steps: 1, by: 'hand' },
    });
  });

  it('integrity: refuses an undeclared event, a later version and an invalid payload', () => {
    const { event } = message;
    expect(() => toNewestEvent(event, [boxOpened])).toThrow("does not declare the event 'boxes.box-moved'");
    expect(() => toNewestEvent({ ...event, version: 3 }, [boxMoved])).toThrow('3');
    expect(() => toNewestEvent({ ...event, payload: { boxId: 'a', steps: 'x' } }, [boxMoved])).toThrow('steps');
  });
});

it('a message that was handled already has an error of its own', () => {
  expect(new MessageAlreadyHandled()).toMatchObject({ name: 'MessageAlreadyHandled' });
});
