import { setTimeout as sleep } from 'node:timers/promises';

export type Alarm = {
  wake(): void;
  /** Waits for a call of `wake` since the last wait, for at most so many milliseconds. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

/** Creates a wait that `wake` ends, also when it is called before. */
export const createAlarm = (): Alarm => {
  let alarm = Promise.withResolvers<void>();
  return {
    wake: () => alarm.resolve(),
    wait: async (ms, signal) => {
      const rung = new AbortController();
      const timer = sleep(ms, undefined, { signal: AbortSignal.any([rung.signal, signal]) }).catch(() => undefined);
      await Promise.race([alarm.promise, timer]);
      rung.abort();
      alarm = Promise.withResolvers();
    },
  };
};
