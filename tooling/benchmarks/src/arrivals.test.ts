import { expect, it } from 'vitest';
import { startArrivals } from './arrivals.ts';
import { createIntervals } from './intervals.ts';
import { nowMs } from './now.ts';

it('each arrival comes when it is due and not before, in the intervals of its seed', async () => {
  const options = { perSecond: 2000, seed: 3 };
  const arrivals: { dueMs: number; toldMs: number }[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const source = await startArrivals(options, (dueMs) => {
    arrivals.push({ dueMs, toldMs: nowMs() });
    if (arrivals.length === 50) resolve();
  });
  await enough;
  await source.stop();
  const told = arrivals.length;
  const nextInterval = createIntervals(options);
  nextInterval();
  for (const [at, { dueMs, toldMs }] of arrivals.entries()) {
    expect(toldMs).toBeGreaterThanOrEqual(dueMs);
    if (at > 0) expect(dueMs - (arrivals[at - 1]?.dueMs ?? 0)).toBeCloseTo(nextInterval(), 3);
  }
  await new Promise(setImmediate);
  expect(arrivals).toHaveLength(told);
});
