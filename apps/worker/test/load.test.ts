import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createId } from '@plinth/testing';
import { createServiceSettings, nodeCommand, startChild } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { openBoxes } from './fixture.ts';
import { createMoves, expectEach, waitMs } from './moves.ts';

// Figures of a machine, not of the code: they are measured where nothing else runs.
const isHeavy = process.env['PLINTH_HEAVY'] === '1';

const open = async () => {
  const boxes = await openBoxes();
  onTestFinished(boxes.close);
  const worker = boxes.startWorker();
  onTestFinished(worker.stop);
  // The leases are taken, and the streams open.
  const first = createMoves({ boxes: 1, steps: 1 });
  await boxes.move(first.flat());
  await expectEach(boxes, first);
  return boxes;
};

const percentile = (sorted: readonly number[], part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;

it.runIf(isHeavy)(
  'at 100 events a second, 99 of 100 effects take place within a second',
  async () => {
    const boxes = await open();
    const tenants = Array.from({ length: 10 }, () => createId());
    const messages = boxes.datastore.raw('shelves', 'inbox');
    const rate = 100;
    const seconds = 20;
    for (let index = 0; index < rate * seconds; index += 1) {
      const tenantId = tenants[index % tenants.length];
      void boxes.move(createMoves({ boxes: 1, steps: 1, ...(tenantId && { tenantId }) }).flat());
      await sleep(1000 / rate);
    }
    await expect.poll(async () => (await boxes.listEffects()).length, waitMs).toBe(rate * seconds + 1);
    const stored = (await messages.all()) as unknown as { event: { at: Date }; endedAt: Date }[];
    const times = stored.map(({ event, endedAt }) => endedAt.getTime() - event.at.getTime()).toSorted((a, b) => a - b);
    console.log(`Commit to effect: p50 ${percentile(times, 0.5)} ms, p99 ${percentile(times, 0.99)} ms.`);
    expect(percentile(times, 0.99)).toBeLessThan(1000);
  },
  120_000,
);

it.runIf(isHeavy)(
  'one worker handles 10,000 events in a minute',
  async () => {
    const boxes = await open();
    const moves = createMoves({ boxes: 10_000, steps: 1 });
    const tenants = Array.from({ length: 20 }, () => createId());
    const all = moves.flat().map((move, index) => ({ ...move, tenantId: tenants[index % 20] ?? move.tenantId }));
    const startedAt = performance.now();
    for (let index = 0; index < all.length; index += 200) await boxes.move(all.slice(index, index + 200));
    await expect.poll(async () => (await boxes.listEffects()).length, { timeout: 180_000, interval: 500 }).toBe(10_001);
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`10,000 events in ${seconds.toFixed(1)} s.`);
    expect(seconds).toBeLessThan(60);
  },
  240_000,
);

const ticksPerSecond = 100;

/** Returns the CPU time of a process in seconds, on Linux. */
const readCpuSeconds = (pid: number): number => {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) / ticksPerSecond;
};

it.runIf(isHeavy)(
  'an idle worker uses less than a hundredth of a core for each module',
  async () => {
    const modules = ['orders', 'users'];
    const env = { ...createServiceSettings(), WORKER_MODULES: modules.join() };
    const child = startChild(nodeCommand(new URL('../src/main.ts', import.meta.url)), { env });
    onTestFinished(async () => void (await child.end()));
    await child.request();
    await sleep(5000);
    const before = readCpuSeconds(child.pid);
    const seconds = 20;
    await sleep(seconds * 1000);
    const share = (readCpuSeconds(child.pid) - before) / seconds;
    console.log(`An idle worker of ${modules.length} modules: ${(share * 100).toFixed(2)} % of a core.`);
    expect(share).toBeLessThan(0.01 * modules.length);
  },
  120_000,
);
