import { type NewMessage, type QueuedMessage, toMessageId } from '@plinth/data-kit';
import { createContext, createId, fakeDatabase } from '@plinth/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDispatcher, type DispatcherOptions, type DispatchLimits } from '../../src/worker/dispatcher.ts';

const consumer = 'count';
const waitMs = { timeout: 10_000, interval: 5 };
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

let created = 0;

const createMessage = (tenantId: string, orderKey?: string): NewMessage => {
  const id = createId();
  created += 1;
  const position = String(created).padStart(8, '0');
  const event = {
    id,
    name: 'suite.thing-moved',
    source: 'suite',
    aggregateId: createId(),
    position,
    at: new Date(),
    actor: { kind: 'user', id: createId() },
    requestId: 'request',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    payload: {},
  };
  return { _id: toMessageId(consumer, id), tenantId, consumer, orderKey: orderKey ?? id, position, event };
};

/** An inbox, and a queue that records what is sent. */
const createParts = () => {
  const { store } = fakeDatabase({});
  const sent: QueuedMessage[] = [];
  const queued = new Map<string, QueuedMessage>();
  const queue = {
    add: vi.fn(async (messages: readonly QueuedMessage[]) => {
      for (const message of messages) {
        if (!queued.has(message.id)) sent.push(message);
        queued.set(message.id, message);
      }
    }),
    list: async () => [...queued.values()],
  };
  const end = async ({ id, tenantId }: QueuedMessage) => {
    const ctx = createContext({ tenantId });
    await store.unitOfWork.run(ctx, async () => undefined, { operation: 'end', consumes: id });
    queued.delete(id);
  };
  return { inbox: store.inbox, queue, queued, sent, end };
};

type Parts = ReturnType<typeof createParts>;

const start = (
  { inbox, queue }: Parts,
  { isPaused = () => false, ...limits }: Partial<DispatchLimits & Pick<DispatcherOptions, 'isPaused'>> = {},
) => {
  const onError = vi.fn();
  const dispatcher = createDispatcher({
    perTenantMax: 2,
    max: 100,
    checkAfterMs: 30_000,
    ...limits,
    consumer,
    inbox,
    queue,
    isPaused,
    onError,
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = [
    inbox.watch({
      onChanges: (changes) => {
        for (const change of changes) dispatcher.onChange(change);
      },
      onGap: dispatcher.onGap,
      onError,
      signal,
    }),
    dispatcher.run(signal),
  ];
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all(running);
  };
  stops.push(stop);
  return { onError, dispatcher, stop };
};

/** Ends each message soon after it was sent, and returns their ids when `count` have ended. */
const endAll = async (parts: Parts, count: number): Promise<QueuedMessage[]> => {
  const ended: QueuedMessage[] = [];
  while (ended.length < count) {
    await expect.poll(() => parts.sent.length, waitMs).toBeGreaterThan(ended.length);
    const message = parts.sent[ended.length] as QueuedMessage;
    await parts.end(message);
    ended.push(message);
  }
  return ended;
};

describe('the dispatcher', () => {
  it('sends the messages that were there before, and those that arrive', async () => {
    const parts = createParts();
    const tenantId = createId();
    const [before, after] = [createMessage(tenantId), createMessage(tenantId)];
    await parts.inbox.receive([before]);
    start(parts);
    await expect.poll(() => parts.sent.map(({ id }) => id), waitMs).toEqual([before._id]);
    await parts.inbox.receive([after]);
    await expect.poll(() => parts.sent.map(({ id }) => id), waitMs).toEqual([before._id, after._id]);
  });

  it('sends none while its consumer is paused, and all of them when it is resumed', async () => {
    const parts = createParts();
    const tenantId = createId();
    const messages = [createMessage(tenantId), createMessage(tenantId)];
    await parts.inbox.receive(messages);
    let isPaused = true;
    const isPausedNow = vi.fn(() => isPaused);
    const { dispatcher } = start(parts, { isPaused: isPausedNow });
    dispatcher.onGap();
    await expect.poll(() => isPausedNow.mock.calls.length, waitMs).toBeGreaterThan(1);
    expect(parts.sent).toEqual([]);
    isPaused = false;
    dispatcher.onGap();
    await expect.poll(() => parts.sent.length, waitMs).toBe(2);
  });

  it('boundary: has no more messages of a tenant in the queue than its limit, and sends the next when one ends', async () => {
    const parts = createParts();
    const tenantId = createId();
    const messages = Array.from({ length: 5 }, () => createMessage(tenantId));
    await parts.inbox.receive(messages);
    start(parts);
    await expect.poll(() => parts.sent.length, waitMs).toBe(2);
    await parts.inbox.receive([createMessage(createId())]);
    await expect.poll(() => parts.sent.length, waitMs).toBe(3);
    expect(parts.sent.filter((message) => message.tenantId === tenantId)).toHaveLength(2);
    await endAll(parts, 6);
    expect(new Set(parts.sent.map(({ id }) => id)).size).toBe(6);
  });

  it('boundary: has no more messages of all tenants in the queue than its limit', async () => {
    const parts = createParts();
    await parts.inbox.receive(Array.from({ length: 5 }, () => createMessage(createId())));
    start(parts, { max: 3 });
    await expect.poll(() => parts.sent.length, waitMs).toBe(3);
    await endAll(parts, 5);
    expect(parts.queued.size).toBe(0);
  });

  it('sends one message of an order key at a time, in their order', async () => {
    const parts = createParts();
    const tenantId = createId();
    const keys = ['a', 'b', 'a', 'a', 'b'];
    const messages = keys.map((key) => createMessage(tenantId, key));
    await parts.inbox.receive(messages);
    start(parts, { perTenantMax: 10 });
    await expect.poll(() => parts.sent.length, waitMs).toBe(2);
    await endAll(parts, 5);
    const ofKey = (key: string) => parts.sent.filter(({ orderKey }) => orderKey === key).map(({ id }) => id);
    const received = (key: string) => messages.filter(({ orderKey }) => orderKey === key).map(({ _id }) => _id);
    expect([ofKey('a'), ofKey('b')]).toEqual([received('a'), received('b')]);
  });

  it('a tenant with a thousand messages does not delay one of another tenant', async () => {
    const parts = createParts();
    await parts.inbox.receive(
      Array.from({ length: 1000 }, () => createMessage('01890a5d-ac96-774b-bcce-b302099a8057')),
    );
    start(parts);
    await endAll(parts, 10);
    const other = createMessage(createId());
    await parts.inbox.receive([other]);
    await expect.poll(() => parts.sent.at(-1)?.id, waitMs).toBe(other._id);
    expect(parts.sent.length).toBeLessThan(20);
  });

  it('race: messages that arrive while the last ones are looked up are not forgotten', async () => {
    const parts = createParts();
    const tenantId = createId();
    const { findHeads } = parts.inbox;
    const late = createMessage(tenantId);
    let isFirst = true;
    const inbox = {
      ...parts.inbox,
      findHeads: async (...args: Parameters<typeof findHeads>) => {
        const heads = await findHeads(...args);
        if (isFirst) await parts.inbox.receive([late]);
        isFirst = false;
        return heads;
      },
    };
    await parts.inbox.receive([createMessage(tenantId)]);
    start({ ...parts, inbox });
    await expect.poll(() => parts.sent.map(({ id }) => id), waitMs).toContain(late._id);
  });

  it('race: a message that ends before the queue has confirmed it does not hold up the next one of its key', async () => {
    const parts = createParts();
    const tenantId = createId();
    const messages = [createMessage(tenantId, 'a'), createMessage(tenantId, 'a')];
    const { add } = parts.queue;
    const queue = {
      ...parts.queue,
      add: async (added: readonly QueuedMessage[]) => {
        await add(added);
        for (const message of added) await parts.end(message);
      },
    };
    await parts.inbox.receive(messages);
    start({ ...parts, queue } as Parts);
    await expect.poll(() => parts.sent.map(({ id }) => id), waitMs).toEqual(messages.map(({ _id }) => _id));
  });

  it('race: a message that ends while others are looked up is not sent again', async () => {
    const parts = createParts();
    const tenantId = createId();
    const { findHeads } = parts.inbox;
    const inbox = {
      ...parts.inbox,
      findHeads: async (...args: Parameters<typeof findHeads>) => {
        const heads = await findHeads(...args);
        const [first] = parts.queued.values();
        if (first) await parts.end(first);
        return heads;
      },
    };
    const messages = ['a', 'a', 'a'].map((key) => createMessage(tenantId, key));
    await parts.inbox.receive(messages);
    start({ ...parts, inbox });
    await expect.poll(() => parts.sent.map(({ id }) => id), waitMs).toEqual(messages.map(({ _id }) => _id));
  });

  it('sends messages again that the queue has lost, and forgets those that have ended unnoticed', async () => {
    const parts = createParts();
    const tenantId = createId();
    const messages = [createMessage(tenantId), createMessage(tenantId), createMessage(tenantId)];
    await parts.inbox.receive(messages);
    const { dispatcher } = start(parts, { checkAfterMs: 100 });
    await expect.poll(() => parts.sent.length, waitMs).toBe(2);
    parts.queued.clear();
    await expect.poll(() => parts.queued.size, waitMs).toBe(2);
    const [first] = parts.sent as [QueuedMessage];
    dispatcher.onChange = () => undefined;
    await parts.end(first);
    await expect.poll(() => parts.queued.size, waitMs).toBe(2);
    expect([...parts.queued.keys()]).not.toContain(first.id);
  });

  it('integrity: a new dispatcher counts the messages that are in the queue', async () => {
    const parts = createParts();
    const tenantId = createId();
    await parts.inbox.receive(Array.from({ length: 6 }, () => createMessage(tenantId)));
    const first = start(parts);
    await expect.poll(() => parts.sent.length, waitMs).toBe(2);
    await first.stop();
    start(parts);
    await parts.inbox.receive([createMessage(createId())]);
    await expect.poll(() => parts.sent.length, waitMs).toBe(3);
    expect(parts.sent.filter((message) => message.tenantId === tenantId)).toHaveLength(2);
  });

  it('sends a dead message that was made ready again', async () => {
    const parts = createParts();
    const message = createMessage(createId());
    await parts.inbox.receive([message]);
    start(parts);
    await expect.poll(() => parts.sent.length, waitMs).toBe(1);
    await parts.inbox.recordFailure(message._id, { at: new Date(), message: 'no', attemptsMax: 1 });
    parts.queued.clear();
    await parts.inbox.retry(message._id);
    await expect.poll(() => parts.sent.length, waitMs).toBe(2);
  });

  it('continues after an error of the queue', async () => {
    const parts = createParts();
    parts.queue.add.mockRejectedValueOnce(new Error('away'));
    await parts.inbox.receive([createMessage(createId())]);
    const { onError } = start(parts);
    await expect.poll(() => parts.sent.length, waitMs).toBe(1);
    expect(onError).toHaveBeenCalledExactlyOnceWith(new Error('away'));
  });
});
