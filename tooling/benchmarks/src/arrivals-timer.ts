// A thread that emits when requests are due. Timers of Node are a millisecond coarse: requests would arrive in groups, which
// favours a server that shares work between them.
import { parentPort, workerData } from 'node:worker_threads';

const { perSecond, seconds } = workerData as { perSecond: number; seconds: number };
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const nextIntervalMs = (): number => (-Math.log(1 - Math.random()) * 1000) / perSecond;
const neverNotified = new Int32Array(new SharedArrayBuffer(4));

const endMs = nowMs() + seconds * 1000;
for (let dueMs = nowMs() + nextIntervalMs(); dueMs < endMs; dueMs += nextIntervalMs()) {
  Atomics.wait(neverNotified, 0, 0, Math.max(0, dueMs - nowMs()));
  parentPort?.postMessage(dueMs);
}
