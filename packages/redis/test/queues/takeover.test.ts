import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandledMessage, QueuedMessage } from '@plinth/data-kit';
import type { Child } from '@plinth/testing/process';
import { describe, it, vi } from 'vitest';
import { createMessage, open, type Scope, shortTimes, startProcess } from './fixture.ts';

const REDIS_URL = process.env['REDIS_URL'] as string;

const openQueue = async ({ onTestFinished }: Scope, prefix: string) => {
  const { queues, lines } = open({ REDIS_URL, REDIS_KEY_PREFIX: prefix }, shortTimes);
  onTestFinished(() => queues.close());
  await vi.waitFor(() => queues.check());
  return { queues, lines, queue: queues.open('suite') };
};

/** Starts a process that has begun with the message and keeps it in hand. */
const startWithMessage = async (scope: Scope, prefix: string, message: QueuedMessage): Promise<Child> => {
  const { expect } = scope;
  const child = await startProcess(scope, REDIS_URL, prefix);
  const { queue } = await openQueue(scope, prefix);
  const begun = child.request();
  await queue.add([message]);
  expect(await begun).toEqual({ id: message.id, isTakenOver: false });
  return child;
};

describe.concurrent('a message in hand', () => {
  it('is taken over from a process that was killed, and only the first handling after that is marked', async (scope) => {
    const { expect } = scope;
    const prefix = `test-${randomUUID()}:`;
    const message = createMessage();
    const child = await startWithMessage(scope, prefix, message);
    const { queues, queue, lines } = await openQueue(scope, prefix);
    const handled: HandledMessage[] = [];
    const handle = async (next: HandledMessage) => {
      handled.push(next);
      return handled.length === 1 ? { pauseMs: 10 } : undefined;
    };
    queues.work('suite', { concurrency: 1, handle });
    await child.end('SIGKILL');
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toEqual([
      { ...message, isTakenOver: true },
      { ...message, isTakenOver: false },
    ]);
    expect(lines).toEqual([]);
  });

  it('is taken over from a silent process, whose late end changes nothing', async (scope) => {
    const { expect } = scope;
    const prefix = `test-${randomUUID()}:`;
    const message = createMessage();
    const child = await startWithMessage(scope, prefix, message);
    const { queues, queue } = await openQueue(scope, prefix);
    const handled: HandledMessage[] = [];
    const released = Promise.withResolvers<void>();
    const handle = async (next: HandledMessage) => {
      handled.push(next);
      await released.promise;
      return undefined;
    };
    queues.work('suite', { concurrency: 1, handle });
    process.kill(child.pid, 'SIGSTOP');
    await expect.poll(() => handled).toEqual([{ ...message, isTakenOver: true }]);
    process.kill(child.pid, 'SIGCONT');
    expect(await child.request({ command: 'close' })).toContainEqual(
      expect.objectContaining({ event: 'queue-failed' }),
    );
    expect(await queue.list()).toEqual([message]);
    released.resolve();
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toHaveLength(1);
  });

  it('is not taken over while its handler runs, however long that takes', async (scope) => {
    const { expect } = scope;
    const { queues, queue, lines } = await openQueue(scope, `test-${randomUUID()}:`);
    const handled: HandledMessage[] = [];
    const handle = async (next: HandledMessage) => {
      handled.push(next);
      await sleep(2 * shortTimes.lockMs);
      return undefined;
    };
    queues.work('suite', { concurrency: 2, handle });
    await queue.add([createMessage()]);
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toHaveLength(1);
    expect(lines).toEqual([]);
  });
});
