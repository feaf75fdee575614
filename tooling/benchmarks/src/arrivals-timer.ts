// A thread that emits when requests are due. Timers of Node are a millisecond coarse: requests would arrive in groups, which
// favours a server that shares work between them.
import { parentPort, workerData } from 'node:worker_threads';
import { nowMs } from './arrivals.ts';

const { stopped, perSecond } = workerData as { stopped: Int32Array<SharedArrayBuffer>; perSecond: number };
const nextIntervalMs = (): number => (-Math.log(1 - Math.random()) * 1000) / perSecond;

let dueMs = nowMs() + nextIntervalMs();
while (Atomics.wait(stopped, 0, 0, Math.max(0, dueMs - nowMs())) === 'timed-out') {
  parentPort?.postMessage(dueMs);
  dueMs += nextIntervalMs();
}
