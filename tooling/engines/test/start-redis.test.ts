import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ping } from '../src/redis-ping.ts';
import { startRedis } from '../src/start-redis.ts';

const answers = (url: string): Promise<boolean> =>
  ping(url).then(
    (answer) => answer === '+PONG',
    () => false,
  );

test('a temporary Redis is its own, whatever REDIS_URL says, and is gone when it is stopped', async () => {
  const redis = await startRedis({ env: { ...process.env, REDIS_URL: 'redis://127.0.0.1:1' } });
  expect(await answers(redis.url)).toBe(true);
  await redis.stop();
  await expect.poll(() => answers(redis.url)).toBe(false);
  // It would be started again after a second.
  await sleep(1200);
  expect(await answers(redis.url)).toBe(false);
});
