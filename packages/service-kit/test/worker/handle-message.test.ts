import { defineEvents, firstVersion, Id } from '@plinth/contract-kit';
import { type Ctx, defineConsumer, type EventOf, type EventType, type NewMessage, toMessageId } from '@plinth/data-kit';
import { collectLines, createLogger } from '@plinth/logger';
import { createId, fakeDatabase } from '@plinth/testing';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';
import { createMessageHandler } from '../../src/worker/handle-message.ts';

const { boxMoved } = defineEvents('boxes', { aggregate: { id: Id }, events: { boxMoved: {} } });

/** The same event in the next release. */
const { boxMoved: boxMovedV2 } = defineEvents('boxes', {
  aggregate: { id: Id },
  events: {
    boxMoved: firstVersion({})
      .nextVersion({ by: z.enum(['hand', 'truck']) })
      .upcast(() => ({ by: 'hand' })),
  },
});

const createMessage = (version?: number, fields: object = {}): NewMessage => {
  const [id, aggregateId] = [createId(), createId()];
  const event = {
    id,
    name: boxMoved.name,
    ...(version !== undefined && { version }),
    source: 'boxes',
    aggregateId,
    position: '1',
    at: new Date(),
    actor: { kind: 'user', id: createId() },
    requestId: 'request',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    payload: { id: aggregateId, ...fields },
  };
  return { _id: toMessageId('count', id), tenantId: createId(), consumer: 'count', orderKey: id, position: '1', event };
};

type Handle = (event: { readonly id: string }, ctx: Ctx) => Promise<void>;

type ReceiveOptions = { timeoutMs?: number; attemptsMax?: number; event?: EventType; message?: NewMessage };

/** Receives a message, and returns the function that handles it. */
const receive = async (
  handle: Handle,
  { timeoutMs = 30_000, attemptsMax = 3, event = boxMoved, message = createMessage() }: ReceiveOptions = {},
) => {
  const database = fakeDatabase({});
  const { clock } = database;
  const { inbox, unitOfWork, events } = database.store;
  await inbox.receive([message]);
  const lines = collectLines();
  const stopping = new AbortController();
  const consumer = defineConsumer({
    name: 'count',
    events: [event],
    handle: () => handle,
    timeoutMs,
    retry: { attemptsMax, pauseMs: 1000, pauseMaxMs: 1500 },
  });
  const handleMessage = createMessageHandler({
    module: 'shelves',
    consumer,
    handle,
    inbox,
    unitOfWork,
    clock,
    logger: createLogger({ service: 'test', level: 'debug', classified: new Map(), destination: lines }),
    stopping: stopping.signal,
  });
  const { _id: id, tenantId, orderKey } = message;
  const run = (isTakenOver = false) => handleMessage({ id, tenantId, orderKey, isTakenOver });
  return { run, database, clock, inbox, events, message, id, lines, stopping };
};

const fail: Handle = async () => {
  throw new RangeError('no boxes');
};

describe('the handler of a message', () => {
  it('runs the action once, in the name of the consumer and for the tenant of the event', async () => {
    const handle = vi.fn<Handle>(async () => undefined);
    const { run, message, id, inbox, database } = await receive(handle);
    expect(await run()).toBeUndefined();
    expect(await run()).toBeUndefined();
    expect(handle).toHaveBeenCalledTimes(1);
    const [event, ctx] = handle.mock.calls[0] as [unknown, Ctx];
    const { tenantId } = message;
    expect(event).toEqual({ ...message.event, version: 1, tenantId });
    expect(ctx).toMatchObject({
      actor: { kind: 'consumer', id: 'shelves.count', tenantId, roles: [] },
      tenantId,
      requestId: id,
      trace: { traceId: message.event.traceId },
    });
    expect(await inbox.get(id)).toMatchObject({ state: 'done' });
    expect(database.journalRows()).toMatchObject([{ operation: 'shelves.count', consumed: id, tenantId }]);
  });

  it('says of which tenant an event is that is handled in another one', async () => {
    const handle = vi.fn<Handle>(async () => undefined);
    const tenantId = createId();
    const message = createMessage();
    const { run } = await receive(handle, { message: { ...message, event: { ...message.event, tenantId } } });
    await run();
    expect(handle.mock.calls).toMatchObject([[{ tenantId }, { tenantId: message.tenantId }]]);
  });

  it('race: of ten runs at once one takes effect, and none counts as a failure', async () => {
    const { run, id, inbox, database } = await receive(async () => undefined);
    expect(await Promise.all(Array.from({ length: 10 }, () => run()))).toEqual(Array(10).fill(undefined));
    expect(database.journalRows()).toHaveLength(1);
    expect(await inbox.get(id)).toMatchObject({ state: 'done', attempts: 0 });
  });

  it('boundary: pauses after each failure but the last, which makes the message dead', async () => {
    const { run, id, inbox, database, lines } = await receive(fail);
    const pauses = [await run(), await run()];
    for (const pause of pauses) expect(pause?.pauseMs).toBeLessThanOrEqual(1500);
    expect(await run()).toBeUndefined();
    expect(await run()).toBeUndefined();
    const failure = expect.objectContaining({ message: 'RangeError: no boxes' });
    expect(await inbox.get(id)).toMatchObject({ state: 'dead', attempts: 3, failures: [failure, failure, failure] });
    expect(database.journalRows()).toEqual([]);
    expect(lines.records().map(({ event }) => event)).toEqual(['message-failed', 'message-failed', 'message-dead']);
  });

  it('integrity: an action that fails after its writes has no effect', async () => {
    const { run, database } = await receive(async (_event, ctx) => {
      database.events.emit(ctx, boxMoved, { id: createId() });
      throw new Error('late');
    });
    expect(await run()).toBeDefined();
    expect(database.emitted()).toEqual([]);
  });

  it('fails an action that takes longer than its time, and its late writes', async () => {
    const blocked = Promise.withResolvers<void>();
    const { run, id, inbox, database } = await receive(
      async (_event, ctx) => {
        await blocked.promise;
        database.events.emit(ctx, boxMoved, { id: createId() });
      },
      { timeoutMs: 50 },
    );
    expect(await run()).toBeDefined();
    expect(await inbox.get(id)).toMatchObject({
      attempts: 1,
      failures: [{ message: expect.stringContaining('Timeout') }],
    });
    blocked.resolve();
    await new Promise(setImmediate);
    expect(database.emitted()).toEqual([]);
  });

  it('counts the end of another process as a failure, so that a message which ends its process becomes dead', async () => {
    const handle = vi.fn<Handle>(async () => undefined);
    const { run, id, inbox } = await receive(handle, { attemptsMax: 1 });
    expect(await run(true)).toBeUndefined();
    expect(handle).not.toHaveBeenCalled();
    expect(await inbox.get(id)).toMatchObject({
      state: 'dead',
      failures: [{ message: expect.stringMatching(/has ended/) }],
    });
  });

  it('handles a message whose former worker has ended, while attempts are left', async () => {
    const { run, id, inbox } = await receive(async () => undefined);
    expect(await run(true)).toBeUndefined();
    expect(await inbox.get(id)).toMatchObject({ state: 'done', attempts: 1 });
  });

  it('an interruption by the end of the process counts for nothing', async () => {
    const { run, id, inbox, stopping } = await receive(() => new Promise(() => undefined));
    const running = run();
    setTimeout(() => stopping.abort(new Error('stop')), 20);
    expect(await running).toEqual({ pauseMs: 0 });
    expect(await inbox.get(id)).toMatchObject({ state: 'ready', attempts: 0 });
  });

  it('ignores a message that an operator has dropped', async () => {
    const handle = vi.fn<Handle>(async () => undefined);
    const { run, inbox, id } = await receive(handle);
    await inbox.recordFailure(id, { at: new Date(), message: 'no', attemptsMax: 1 });
    await inbox.drop(id);
    expect(await run()).toBeUndefined();
    expect(handle).not.toHaveBeenCalled();
  });
});

/** The longest time that a message waits for a process of a newer release. */
const hourMs = 60 * 60 * 1000;

describe('the version of an event', () => {
  it.each([
    ['without a version, of the previous release', undefined],
    ['of version 1', 1],
  ])('an event %s reaches newer code as its newest version', async (_, version) => {
    const handle = vi.fn<(event: EventOf<typeof boxMovedV2>) => Promise<void>>(async () => undefined);
    const message = createMessage(version);
    const { run, inbox } = await receive(handle as never, { event: boxMovedV2, message });
    expect(await run()).toBeUndefined();
    const payload = { id: message.event.aggregateId, by: 'hand' };
    expect(handle.mock.calls[0]?.[0]).toMatchObject({ version: 2, payload });
    expect(await inbox.get(message._id)).toMatchObject({ state: 'done', event: message.event });
    expectTypeOf<EventOf<typeof boxMovedV2>['payload']>().toEqualTypeOf<{ id: string; by: 'hand' | 'truck' }>();
  });

  it('boundary: an event of a newer release waits for an hour, then fails its attempts, and newer code handles it after that', async () => {
    const handle = vi.fn<Handle>(async () => undefined);
    const message = createMessage(2, { by: 'truck' });
    const old = await receive(handle, { message });
    expect(await old.run(true)).toMatchObject({ pauseMs: expect.any(Number) });
    expect(await old.inbox.get(message._id)).toMatchObject({ state: 'ready', attempts: 0, failures: [] });
    old.clock.advance(hourMs);
    expect(await old.run()).toMatchObject({ pauseMs: expect.any(Number) });
    expect(handle).not.toHaveBeenCalled();
    const failure = "RangeError: 'boxes.box-moved' has version 2, and this code has versions up to 1";
    expect(await old.inbox.get(message._id)).toMatchObject({
      state: 'ready',
      attempts: 1,
      failures: [{ message: expect.stringContaining(failure) }],
    });
    const newer = await receive(handle, { event: boxMovedV2, message });
    expect(await newer.run()).toBeUndefined();
    expect(handle.mock.calls[0]?.[0]).toMatchObject({ version: 2, payload: { by: 'truck' } });
  });

  it.each([
    ['an invalid payload', { message: createMessage(1, { id: 7 }) }, "version 1, breaks its schema at 'id'"],
    [
      'a name that the consumer does not declare any more',
      { event: defineEvents('boxes', { aggregate: { id: Id }, events: { boxSold: {} } }).boxSold },
      "does not declare the event 'boxes.box-moved'",
    ],
  ])('integrity: an event with %s fails its attempts', async (_, options, failure) => {
    const handle = vi.fn<Handle>(async () => undefined);
    const { run, inbox, clock, id: messageId } = await receive(handle, options);
    clock.advance(hourMs);
    expect(await run()).toBeDefined();
    expect(handle).not.toHaveBeenCalled();
    expect(await inbox.get(messageId)).toMatchObject({ failures: [{ message: expect.stringContaining(failure) }] });
  });
});
