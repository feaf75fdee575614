import { getFreePort, openTcpProxy } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { connectRedis, type RedisConnection } from '../src/index.ts';

const redisUrl = new URL(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379');

const events: string[] = [];
// Log lines of rate limits are tested with the limiter.
const note = (event: string): void => {
  if (event.startsWith('redis-')) events.push(event);
};
const log = { info: note, warn: note };
const opened: { close(): Promise<void> }[] = [];

const open = (url: string): RedisConnection => {
  const connection = connectRedis({ REDIS_URL: url }, log);
  opened.push(connection);
  return connection;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
  events.length = 0;
});

const isUp = (connection: RedisConnection) =>
  connection.check().then(
    () => true,
    () => false,
  );

describe('the Redis connection', () => {
  it('is an optional dependency that responds', async () => {
    const connection = open(redisUrl.href);
    expect(connection).toMatchObject({ name: 'redis', required: false });
    await expect.poll(() => isUp(connection)).toBe(true);
    expect(events).toEqual([]);
  });

  it('fails at once while Redis is unreachable, logs that once, and reconnects', async () => {
    const proxy = await openTcpProxy(redisUrl);
    const connection = open(`redis://127.0.0.1:${proxy.port}`);
    await expect.poll(() => isUp(connection)).toBe(true);
    await proxy.cut();
    await expect.poll(() => events).toEqual(['redis-disconnected']);
    expect(await isUp(connection)).toBe(false);
    await proxy.restore();
    await expect.poll(() => isUp(connection), { timeout: 10_000 }).toBe(true);
    expect(events).toEqual(['redis-disconnected', 'redis-reconnected']);
    await proxy.cut();
  }, 20_000);

  it('lets a service start without Redis', async () => {
    const connection = open(`redis://127.0.0.1:${await getFreePort()}`);
    expect(await isUp(connection)).toBe(false);
    await expect.poll(() => events).toEqual(['redis-disconnected']);
  });
});
