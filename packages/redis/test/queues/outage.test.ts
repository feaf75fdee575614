import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandledMessage, QueuedMessage } from '@plinth/data-kit';
import { sendRedisCommand, startTestDatabase } from '@plinth/dev-databases';
import { getFreePort } from '@plinth/testing';
import { describe, it, vi } from 'vitest';
import { createMessage, open, type Scope, startProcess } from './fixture.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
/** Longer than the five seconds after which BullMQ replaces a connection on which it waits for a message in vain. */
const outageMs = isHeavy ? 40_000 : 7000;

/** Starts a Redis, and a worker on it that keeps its messages in hand until `release`. */
const start = async ({ expect, onTestFinished }: Scope) => {
  const redis = await startTestDatabase('redis');
  onTestFinished(() => redis.close());
  const { queues, lines } = open({ REDIS_URL: redis.uri });
  onTestFinished(() => queues.close());
  await vi.waitFor(() => queues.check());
  const queue = queues.open('suite');
  const handled: string[] = [];
  const released = Promise.withResolvers<void>();
  onTestFinished(() => released.resolve());
  const handle = async ({ id }: HandledMessage) => {
    handled.push(id);
    await released.promise;
    return undefined;
  };
  const worker = queues.work('suite', { concurrency: 1, handle });
  const add = async (message = createMessage()): Promise<QueuedMessage> => {
    await queue.add([message]);
    return message;
  };
  /** Adds a message that is in hand afterwards. */
  const addInHand = async (): Promise<QueuedMessage> => {
    const message = await add();
    await expect.poll(() => handled).toEqual([message.id]);
    return message;
  };
  const events = () => lines.map(({ event }) => event);
  return { redis, queues, queue, worker, handled, events, add, addInHand, release: released.resolve };
};

const count = (handled: readonly string[], { id }: QueuedMessage): number =>
  handled.filter((each) => each === id).length;

describe.concurrent('while Redis is unreachable', () => {
  it('nothing is added, and afterwards workers continue, with the message that was in hand', async (scope) => {
    const { expect } = scope;
    const { redis, queue, handled, events, add, addInHand, release } = await start(scope);
    const inHand = await addInHand();
    await redis.kill();
    await expect(add()).rejects.toThrow();
    await expect(queue.list()).rejects.toThrow();
    release();
    await sleep(outageMs);
    await redis.restart();
    const next = await vi.waitFor(() => add(), { timeout: 10_000 });
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toEqual([inHand.id, next.id]);
    expect(events()).toEqual(['redis-disconnected', 'redis-reconnected']);
  });

  it('a worker without messages waits as long, and then begins', async (scope) => {
    const { expect } = scope;
    const { redis, queue, handled, events, add, release } = await start(scope);
    release();
    const first = await add();
    await expect.poll(() => queue.list()).toEqual([]);
    await redis.kill();
    await sleep(outageMs);
    await redis.restart();
    const next = await vi.waitFor(() => add(), { timeout: 10_000 });
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toEqual([first.id, next.id]);
    expect(events()).toEqual(['redis-disconnected', 'redis-reconnected']);
  });

  it('a process starts, and its workers begin when Redis is reachable', async (scope) => {
    const { expect, onTestFinished } = scope;
    const { redis } = await start(scope);
    await redis.kill();
    const { queues } = open({ REDIS_URL: redis.uri });
    onTestFinished(() => queues.close());
    const handled: string[] = [];
    queues.work('late', { concurrency: 1, handle: async ({ id }) => void handled.push(id) });
    const queue = queues.open('late');
    await expect(queues.check()).rejects.toThrow();
    await expect(queue.add([createMessage()])).rejects.toThrow();
    await sleep(1000);
    await redis.restart();
    const message = createMessage();
    await vi.waitFor(() => queue.add([message]), { timeout: 10_000 });
    await expect.poll(() => handled).toEqual([message.id]);
  });

  it('a worker stops, after the message in hand, which others take over later', async (scope) => {
    const { expect } = scope;
    const { redis, queues, queue, worker, addInHand, release } = await start(scope);
    const inHand = await addInHand();
    const idle = queues.work('idle', { concurrency: 1, handle: async () => undefined });
    await redis.kill();
    // By now, the connections wait between two attempts.
    await sleep(1000);
    await idle.stop();
    let isStopped = false;
    const stopped = worker.stop().then(() => (isStopped = true));
    await sleep(100);
    expect(isStopped).toBe(false);
    release();
    await stopped;
    await redis.restart();
    await expect.poll(() => queue.list().catch(() => 'unreachable')).toEqual([inHand]);
  });
});

describe.concurrent('while Redis is stopped', () => {
  it('nothing is added for sure, and afterwards workers continue', async (scope) => {
    const { expect } = scope;
    const { redis, queue, handled, events, add, addInHand, release } = await start(scope);
    const inHand = await addInHand();
    await redis.pause();
    const [unsure, next] = [createMessage(), createMessage()];
    await expect(add(unsure)).rejects.toThrow('timed out');
    release();
    await redis.resume();
    await add(next);
    await expect.poll(() => queue.list()).toEqual([]);
    expect([count(handled, inHand), count(handled, next)]).toEqual([1, 1]);
    expect(count(handled, unsure)).toBeLessThanOrEqual(1);
    expect(events()).toEqual([]);
  });

  it('a worker stops', async (scope) => {
    const { expect } = scope;
    const { redis, queue, worker, addInHand, release } = await start(scope);
    const inHand = await addInHand();
    await redis.pause();
    release();
    await worker.stop();
    await redis.resume();
    expect([[], [inHand]]).toContainEqual(await queue.list());
  });
});

describe.concurrent('when Redis loses everything', () => {
  it('workers continue with what is added again, even while they have it in hand', async (scope) => {
    const { expect } = scope;
    const { redis, queue, handled, events, add, addInHand, release } = await start(scope);
    const inHand = await addInHand();
    const waiting = await add();
    await sendRedisCommand(redis.uri, 'FLUSHALL');
    expect(await queue.list()).toEqual([]);
    await add(inHand);
    release();
    await expect.poll(() => queue.list()).toEqual([]);
    await add(waiting);
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toEqual([inHand.id, inHand.id, waiting.id]);
    expect(new Set(events())).toEqual(new Set(['queue-failed']));
  });

  it('a message in hand cannot be paused, which is logged', async (scope) => {
    const { expect } = scope;
    const { redis, queues, events } = await start(scope);
    const queue = queues.open('pausing');
    const handled: string[] = [];
    const lost = Promise.withResolvers<void>();
    queues.work('pausing', {
      concurrency: 1,
      handle: async ({ id }) => {
        handled.push(id);
        await lost.promise;
        return { pauseMs: 10 };
      },
    });
    const message = createMessage();
    await queue.add([message]);
    await expect.poll(() => handled).toEqual([message.id]);
    await sendRedisCommand(redis.uri, 'FLUSHALL');
    lost.resolve();
    await expect.poll(() => events()).toEqual(['queue-failed']);
    expect(await queue.list()).toEqual([]);
    await queue.add([message]);
    await expect.poll(() => handled.length).toBeGreaterThan(2);
    expect(events()).toEqual(['queue-failed']);
  });
});

it.concurrent('a process ends by itself when it has closed its queues, with Redis or without', async (scope) => {
  const { expect } = scope;
  const urls = [process.env['REDIS_URL'] as string, `redis://127.0.0.1:${await getFreePort()}`];
  const children = await Promise.all(urls.map((url) => startProcess(scope, url, `test-${randomUUID()}:`)));
  await Promise.all(children.map((child) => child.request({ command: 'close' })));
  const exits = await Promise.all(children.map(({ exited }) => exited));
  expect(exits).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(children.map((child) => child.combinedOutput())).toEqual(['', '']);
});
