import { setTimeout as sleep } from 'node:timers/promises';
import { type ArrivalsOptions, startArrivals } from './arrivals.ts';
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { nowMs } from './now.ts';

/** Load that goes on until it is stopped. */
export type Loop = {
  /**
   * Ends the load, and resolves when all that was asked has been answered.
   * Rejects with what went wrong first, after which nothing more was asked.
   */
  stop(): Promise<void>;
};

/** Each connection sends its next request when its last one is answered. */
export const startClosedLoop = (connections: readonly Connection[], exchange: Exchange): Loop => {
  let isStopped = false;
  const goOn = async (connection: Connection): Promise<void> => {
    try {
      while (!isStopped) await exchange(connection, nowMs());
    } finally {
      isStopped = true;
    }
  };
  const ended = Promise.all(connections.map(goOn));
  // Whoever stops the loop is told.
  ended.catch(() => undefined);
  return {
    stop: async () => {
      isStopped = true;
      await ended;
    },
  };
};

type PoolOptions = {
  readonly exchange: Exchange;
  /** False where those that find no free connection go away. */
  readonly waits?: boolean | undefined;
};

/** Serves arrivals with whichever connection is free; those that find none wait for one, first come, first served. */
export const createPool = (connections: readonly Connection[], { exchange, waits = true }: PoolOptions) => {
  const free = [...connections];
  const waiting: number[] = [];
  let failure: unknown;
  const serve = async (connection: Connection, dueMs: number): Promise<void> => {
    for (let due: number | undefined = dueMs; due !== undefined && !failure; due = waiting.shift()) {
      await exchange(connection, due);
    }
    free.push(connection);
  };
  return {
    arrive: (dueMs: number): void => {
      const connection = free.pop();
      if (!connection) {
        if (waits) waiting.push(dueMs);
      } else
        serve(connection, dueMs).catch((cause: unknown) => {
          failure ??= cause;
        });
    },
    /** How many arrivals are not answered yet. Throws what went wrong first. */
    left: (): number => {
      if (failure) throw failure;
      return waiting.length + connections.length - free.length;
    },
  };
};

const backlogMs = 10_000;

/** Requests come when they come, whether or not those before have been answered. */
export const startOpenLoop = async (
  connections: readonly Connection[],
  { exchange, waits, ...options }: ArrivalsOptions & PoolOptions,
): Promise<Loop> => {
  const pool = createPool(connections, { exchange, waits });
  const arrivals = await startArrivals(options, pool.arrive);
  return {
    stop: async () => {
      await arrivals.stop();
      const untilMs = nowMs() + backlogMs;
      for (let left = pool.left(); left > 0; left = pool.left()) {
        if (nowMs() > untilMs) {
          const rate = `${options.perSecond} requests a second`;
          throw new Error(`${left} of ${rate} were left after ${backlogMs / 1000} s: choose a lower rate.`);
        }
        await sleep(1);
      }
    },
  };
};
