import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, getSeed } from '@plinth/testing';
import { type Child, nodeCommand, startChild } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { type Boxes, openBoxes } from '../fixture.ts';
import { createMoves, expectEach, moveInOrder } from '../moves.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const kills = isHeavy ? 200 : 6;
const workers = 2;
const aliveMsMax = 1500;

const startWorker = async ({ datastore, redisPrefix }: Boxes): Promise<Child> => {
  const { MONGODB_URI, REDIS_URL } = process.env;
  const env = {
    MONGODB_URI,
    REDIS_URL,
    MONGODB_DATABASE_PREFIX: datastore.databasePrefix,
    REDIS_KEY_PREFIX: redisPrefix,
  };
  const child = startChild(nodeCommand(new URL('./worker-process.ts', import.meta.url)), { env });
  await child.request();
  return child;
};

it(`race: over ${kills} kills of ${workers} workers each event has one effect, in its order`, {
  timeout: isHeavy ? 1_800_000 : 180_000,
}, async () => {
  const random = createRandom(getSeed());
  const boxes = await openBoxes();
  onTestFinished(() => boxes.close());
  const running = await Promise.all(Array.from({ length: workers }, () => startWorker(boxes)));
  onTestFinished(async () => void (await Promise.all(running.map((child) => child.end()))));
  const moves = createMoves({ boxes: 50, steps: 3 * kills });
  const moving = moveInOrder(boxes, moves);
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(random() % aliveMsMax);
    const index = random() % workers;
    await running[index]?.end('SIGKILL');
    running[index] = await startWorker(boxes);
  }
  await moving;
  await expectEach(boxes, moves);
  expect(await boxes.inbox.listDead({ limit: 1 })).toEqual([]);
});
