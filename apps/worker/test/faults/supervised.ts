import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '@plinth/testing/process';

/** A process that is started again whenever it ends, as an orchestrator does. */
export type Supervised<T extends Child = Child> = {
  /** The process, undefined while none is ready. */
  readonly current: T | undefined;
  /** Ends it with SIGKILL as soon as it is ready. The next one starts in the background. */
  kill(): Promise<void>;
  /** Resolves when a process is ready. */
  ready(): Promise<void>;
  /** Ends it for good. */
  end(): Promise<void>;
};

const pauseMs = 200;

/** Starts a process. From then on it is started again until it succeeds: a database may be away. @throws when the first start fails. */
export const supervise = async <T extends Child>(start: () => Promise<T>): Promise<Supervised<T>> => {
  let current: T | undefined;
  let isEnded = false;
  let started = Promise.withResolvers<T>();
  const startOnce = async (): Promise<T | void> => {
    const next = await start().catch(() => sleep(pauseMs));
    // It was ended while it started.
    if (isEnded) await next?.end();
    return next;
  };
  const run = async (first: T): Promise<void> => {
    for (let next: T | void = first; !isEnded; next = await startOnce()) {
      if (!next) continue;
      current = next;
      started.resolve(next);
      await next.exited;
      current = undefined;
      started = Promise.withResolvers();
    }
  };
  const running = run(await start());
  return {
    get current() {
      return current;
    },
    kill: async () => void (await (await started.promise).end()),
    ready: async () => void (await started.promise),
    end: async () => {
      isEnded = true;
      await current?.end();
      await running;
    },
  };
};
