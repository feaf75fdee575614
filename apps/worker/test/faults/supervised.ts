import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '@plinth/testing/process';

/** A process that is started again whenever it ends, as an orchestrator does. */
export type Supervised<T extends Child = Child> = {
  /** The running process, undefined between two of them. */
  readonly current: T | undefined;
  /** Ends it with SIGKILL. Resolves when the next one is ready. */
  kill(): Promise<void>;
  /** Ends it for good. */
  end(): Promise<void>;
};

const pauseMs = 200;
/** Longer than the databases are away. */
const startsWithinMs = 90_000;

/** Starts a process, again where it fails, because a database is away. */
export const supervise = async <T extends Child>(start: () => Promise<T>): Promise<Supervised<T>> => {
  let current: T | undefined;
  let isEnded = false;
  const run = async (): Promise<void> => {
    const deadline = performance.now() + startsWithinMs;
    while (!current && !isEnded) {
      try {
        current = await start();
      } catch (cause) {
        if (performance.now() > deadline) throw cause;
        await sleep(pauseMs);
      }
    }
    const started = current;
    void started?.exited.then(() => {
      if (current === started) current = undefined;
    });
  };
  await run();
  return {
    get current() {
      return current;
    },
    kill: async () => {
      await current?.end('SIGKILL');
      current = undefined;
      await run();
    },
    end: async () => {
      isEnded = true;
      await current?.end('SIGKILL');
    },
  };
};
