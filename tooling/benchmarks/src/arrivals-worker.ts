// The thread that says when a request is due. Node's timers are a millisecond coarse and would let arrivals come in
// bundles, which flatters a server that shares work between requests; a thread that only waits is not.
import { parentPort, workerData } from 'node:worker_threads';
import type { ArrivalsData } from './arrivals.ts';
import { createIntervals } from './intervals.ts';
import { nowMs } from './now.ts';

const { stopped, bundleMs = 0, ...options } = workerData as ArrivalsData;
const nextInterval = createIntervals(options);

// What is late is said at once, and with the time at which it was due.
let dueMs = nowMs() + nextInterval();
while (Atomics.wait(stopped, 0, 0, Math.max(bundleMs, dueMs - nowMs())) === 'timed-out') {
  const due: number[] = [];
  const now = nowMs();
  do {
    due.push(dueMs);
    dueMs += nextInterval();
  } while (dueMs <= now);
  parentPort?.postMessage(due);
}
