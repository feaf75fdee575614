import { randomUUID } from 'node:crypto';
import type { QueuedMessage } from '@plinth/data-kit';
import { type Child, nodeCommand, startChild } from '@plinth/testing/process';
import type { TestContext } from 'vitest';
import { connectQueues, type QueueTimes, type RedisQueues, type RedisSettings } from '../../src/index.ts';

/** Short times, so that a message is taken over within three seconds. */
export const shortTimes: QueueTimes = { lockMs: 1500, takeoverCheckMs: 500 };

/** The part of its context that a test needs when it runs beside others. */
export type Scope = Pick<TestContext, 'expect' | 'onTestFinished'>;

export const createMessage = (): QueuedMessage => ({
  id: `suite/${randomUUID()}`,
  tenantId: randomUUID(),
  orderKey: randomUUID(),
});

export type LogLine = { readonly event: string; readonly messageId?: string | undefined; readonly text?: string };

export type Opened = { readonly queues: RedisQueues; readonly lines: LogLine[] };

/** Connects under a key prefix of its own, unless the settings have one. */
export const open = (settings: RedisSettings, times?: QueueTimes): Opened => {
  const lines: LogLine[] = [];
  const log: Parameters<typeof connectQueues>[1]['warn'] = (event, fields) => {
    lines.push({ event, ...(fields && { text: fields.err.message, messageId: fields.messageId }) });
  };
  const queues = connectQueues(
    { REDIS_KEY_PREFIX: `test-${randomUUID()}:`, ...settings },
    { info: log, warn: log },
    times,
  );
  return { queues, lines };
};

/** Starts a process with a worker. */
export const startProcess = async (
  { expect, onTestFinished }: Scope,
  ...settings: [url: string, prefix: string]
): Promise<Child> => {
  const child = startChild(nodeCommand(new URL('./working-process.ts', import.meta.url), ...settings));
  onTestFinished(async () => void (await child.end()));
  expect(await child.request()).toBe('started');
  return child;
};
