import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { IntervalOptions } from './intervals.ts';

export type ArrivalsOptions = IntervalOptions & {
  /**
   * Arrivals are told at least so many milliseconds apart, those between them together. To tell each one when it is due,
   * as it is without this, costs a CPU at tens of thousands a second.
   */
  readonly bundleMs?: number;
};

export type ArrivalsData = ArrivalsOptions & {
  /** Its only number becomes 1 when no more arrivals are wanted. */
  readonly stopped: Int32Array<SharedArrayBuffer>;
};

export type Arrivals = {
  /** Resolves when the last arrival has been told. */
  stop(): Promise<void>;
};

const worker = new URL('./arrivals-worker.ts', import.meta.url);

/** Tells of each arrival when it is due, with the time, by `nowMs`, at which it was due. */
export const startArrivals = async (
  options: ArrivalsOptions,
  onArrival: (dueMs: number) => void,
): Promise<Arrivals> => {
  const stopped = new Int32Array(new SharedArrayBuffer(4));
  const workerData: ArrivalsData = { ...options, stopped };
  const thread = new Worker(worker, { workerData, execArgv: [] });
  thread.on('message', (due: number[]) => due.forEach((dueMs) => onArrival(dueMs)));
  const ended = once(thread, 'exit');
  await once(thread, 'online');
  return {
    stop: async () => {
      Atomics.store(stopped, 0, 1);
      Atomics.notify(stopped, 0);
      await ended;
    },
  };
};
