import { load, type loadOrExit } from '@plinth/config';
import { runJobs } from '@plinth/platform/jobs';
import { expect, it, onTestFinished } from 'vitest';
import { type Boxes, type Move, modules, openBoxes } from './fixture.ts';
import { createMoves, expectEach, moveInOrder, waitMs } from './moves.ts';

/** Runs `npm run jobs` in this process. Returns the exit code and the output. */
const runCommand = async ({ datastore }: Boxes, ...args: readonly string[]): Promise<[number, string]> => {
  const env = { MONGODB_URI: process.env['MONGODB_URI'], MONGODB_DATABASE_PREFIX: datastore.databasePrefix };
  const loadFromEnv: typeof loadOrExit = async (settings) => load(settings, env);
  let output = '';
  const print = (text: string): void => void (output += text);
  const code = await runJobs(args, { modules, load: loadFromEnv, print, printError: print });
  return [code, output];
};

it('a worker handles a dead message once that npm run jobs has made ready', async () => {
  const boxes = await openBoxes();
  onTestFinished(() => boxes.close());
  for (const worker of [boxes.startWorker(), boxes.startWorker()]) onTestFinished(() => worker.stop());
  const [moves] = createMoves({ boxes: 1, steps: 1 }) as [Move[]];
  await moveInOrder(boxes, [moves.map((move) => ({ ...move, fails: 3 }))]);
  await expect.poll(() => boxes.inbox.listDead({ limit: 9 }), waitMs).toHaveLength(1);
  expect(await boxes.listEffects()).toEqual([]);
  const id = String((await boxes.inbox.listDead({ limit: 9 }))[0]?._id);
  expect(await runCommand(boxes, 'retry', id)).toEqual([0, 'Made 1 message ready again.\n']);
  await expectEach(boxes, [moves]);
  expect(await runCommand(boxes, 'retry', id)).toEqual([1, `The message '${id}' is not dead: its state is done.\n`]);
  await expectEach(boxes, [moves]);
});

it('a worker handles no message of a consumer that npm run jobs has paused, until it is resumed', async () => {
  const boxes = await openBoxes();
  onTestFinished(() => boxes.close());
  expect(await runCommand(boxes, 'pause', 'record-effect')).toEqual([0, 'Paused shelves.record-effect.\n']);
  for (const worker of [boxes.startWorker(), boxes.startWorker()]) onTestFinished(() => worker.stop());
  const [moves] = createMoves({ boxes: 1, steps: 3 }) as [Move[]];
  const tenantId = String(moves[0]?.tenantId);
  await moveInOrder(boxes, [moves]);
  await expect.poll(async () => (await boxes.inbox.readBacklogs())[0]?.ready, waitMs).toBe(3);
  // A message that was sent before the pause.
  const queue = boxes.queues.open('shelves.record-effect');
  const [head] = await boxes.inbox.findHeads({ consumer: 'record-effect', tenantId }, { after: '', limit: 1 });
  await queue.add([{ id: String(head?._id), orderKey: String(head?.orderKey), tenantId }]);
  await expect.poll(() => queue.list(), waitMs).toEqual([]);
  expect(await boxes.listEffects()).toEqual([]);
  expect(await runCommand(boxes, 'resume', 'record-effect')).toEqual([0, 'Resumed shelves.record-effect.\n']);
  await expectEach(boxes, [moves]);
});
