import { randomUUID } from 'node:crypto';
import { queuesSuite } from '@plinth/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMessage, open } from './fixture.ts';

const REDIS_URL = process.env['REDIS_URL'] as string;

queuesSuite('Redis', async () => {
  const { queues } = open({ REDIS_URL });
  await vi.waitFor(() => queues.check());
  return queues;
});

describe('the queues of a deployment', () => {
  it('are an optional dependency', () => {
    const { queues } = open({ REDIS_URL });
    onTestFinished(() => queues.close());
    expect(queues).toMatchObject({ name: 'queues', required: false });
  });

  it('are kept apart from those of another by the key prefix', async () => {
    const name = `suite.${randomUUID()}`;
    const all = [undefined, 'test-one:', 'test-two:'].map((REDIS_KEY_PREFIX) => {
      const { queues } = open({ REDIS_URL, REDIS_KEY_PREFIX });
      onTestFinished(() => queues.close());
      const handled: string[] = [];
      queues.work(name, { concurrency: 1, handle: async ({ id }) => void handled.push(id) });
      return { queues, queue: queues.open(name), handled, message: createMessage() };
    });
    await Promise.all(all.map(({ queues }) => vi.waitFor(() => queues.check())));
    await Promise.all(all.map(({ queue, message }) => queue.add([message])));
    for (const { queue, handled, message } of all) {
      await expect.poll(() => queue.list()).toEqual([]);
      expect(handled).toEqual([message.id]);
    }
  });

  it('log a rejection of a handler, with its message', async () => {
    const { queues, lines } = open({ REDIS_URL });
    onTestFinished(() => queues.close());
    await vi.waitFor(() => queues.check());
    const message = createMessage();
    const handle = () => Promise.reject(new Error('the database is unreachable'));
    queues.work('suite', { concurrency: 1, handle });
    await queues.open('suite').add([message]);
    const line = { event: 'message-not-handled', messageId: message.id, text: 'the database is unreachable' };
    await expect.poll(() => lines.slice(0, 1)).toEqual([line]);
  });
});
