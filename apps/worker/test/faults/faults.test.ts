import { createRandom, getSeed } from '@plinth/testing';
import { expect, it, onTestFinished } from 'vitest';
import { startCluster } from './cluster.ts';
import { injectFaults } from './inject.ts';
import { findBroken } from './invariants.ts';
import { countPending, readWorld } from './read-world.ts';
import { startWriters } from './writers.ts';

const minuteMs = 60_000;

const sizes = {
  small: {
    cluster: { apis: 1, workers: 2, tenants: 2 },
    faults: { durationMs: 8000, platforms: 2, workers: 4, primaries: 1, redis: 2, networks: 2 },
    // Fifty writers, as many as in the full size, of which each pauses longer.
    pauseMs: 2000,
    restMs: 2 * minuteMs,
  },
  full: {
    cluster: { apis: 2, workers: 2, tenants: 5 },
    faults: { durationMs: 12 * minuteMs, platforms: 70, workers: 140, primaries: 12, redis: 22, networks: 12 },
    pauseMs: 3000,
    restMs: 5 * minuteMs,
  },
};

const isFull = process.env['PLINTH_HEAVY'] === '1';
const size = isFull ? sizes.full : sizes.small;
const writers = 50;

it('integrity: under faults of every part no write is lost, and each event has one effect, in its order', {
  timeout: isFull ? 45 * minuteMs : 4 * minuteMs,
}, async () => {
  const seed = createRandom(getSeed())();
  const cluster = await startCluster(size.cluster);
  onTestFinished(cluster.close);
  const writing = await startWriters(cluster, { count: writers, pauseMs: size.pauseMs, seed });
  const done = await injectFaults(cluster, size.faults, seed);
  const acknowledged = await writing.stop();
  const stoppedAt = performance.now();
  await cluster.replicaSet.waitUntilHealthy();
  // A message that is never handled shows among the invariants.
  await expect
    .poll(() => countPending(cluster), { timeout: size.restMs, interval: isFull ? 5000 : 500 })
    .toBe(0)
    .catch(() => undefined);
  const restMs = Math.round(performance.now() - stoppedAt);
  const world = await readWorld(cluster, acknowledged);
  console.info(
    `${[...done].map(([name, count]) => `${name}: ${count}`).join(', ')}. ${acknowledged.length} orders, ${world.events.length} events and ${world.journal.length} commits, at rest after ${restMs} ms.`,
  );
  const broken = findBroken(world);
  if (broken.length > 0) console.error(cluster.workers.map(({ current }) => current?.combinedOutput()).join('\n'));
  expect(broken).toEqual([]);
});
