import { describe, expect, it } from 'vitest';
import type { Connection } from './connection.ts';
import { createPool, startClosedLoop } from './loops.ts';

const connection: Connection = { send: () => Promise.reject(new Error('not used')), close: () => undefined };

/** Exchanges that end when the test says so. */
const createExchanges = () => {
  const asked: { dueMs: number; settled: PromiseWithResolvers<void> }[] = [];
  return {
    asked,
    dues: () => asked.map(({ dueMs }) => dueMs),
    exchange: (_connection: Connection, dueMs: number): Promise<void> => {
      const settled = Promise.withResolvers<void>();
      asked.push({ dueMs, settled });
      return settled.promise;
    },
    answer: async (at: number): Promise<void> => {
      asked[at]?.settled.resolve();
      await new Promise(setImmediate);
    },
    refuse: async (at: number, reason: Error): Promise<void> => {
      asked[at]?.settled.reject(reason);
      await new Promise(setImmediate);
    },
  };
};

describe('arrivals', () => {
  it('are asked at once while a connection is free', () => {
    const { dues, exchange } = createExchanges();
    const pool = createPool([connection, connection], { exchange });
    pool.arrive(1);
    pool.arrive(2);
    expect(dues()).toEqual([1, 2]);
    expect(pool.left()).toBe(2);
  });

  it('that find no connection free wait for one, in their order, and keep the time at which they were due', async () => {
    const { dues, exchange, answer } = createExchanges();
    const pool = createPool([connection], { exchange });
    for (const dueMs of [1, 2, 3]) pool.arrive(dueMs);
    expect(dues()).toEqual([1]);
    expect(pool.left()).toBe(3);
    await answer(0);
    expect(dues()).toEqual([1, 2]);
    await answer(1);
    await answer(2);
    expect(dues()).toEqual([1, 2, 3]);
    expect(pool.left()).toBe(0);
    pool.arrive(4);
    expect(dues()).toEqual([1, 2, 3, 4]);
  });

  it('are not asked any more when one has failed', async () => {
    const { dues, exchange, answer, refuse } = createExchanges();
    const pool = createPool([connection, connection], { exchange });
    for (const dueMs of [1, 2, 3]) pool.arrive(dueMs);
    await refuse(0, new Error('answered with 500'));
    await answer(1);
    expect(dues()).toEqual([1, 2]);
    expect(() => pool.left()).toThrow('answered with 500');
  });
});

describe('a closed loop', () => {
  it('asks the next when the last is answered, and ends when all are', async () => {
    const { asked, exchange, answer } = createExchanges();
    const loop = startClosedLoop([connection, connection], exchange);
    expect(asked).toHaveLength(2);
    await answer(0);
    expect(asked).toHaveLength(3);
    let isStopped = false;
    const stopped = loop.stop().then(() => {
      isStopped = true;
    });
    await answer(1);
    expect(isStopped).toBe(false);
    await answer(2);
    await stopped;
    expect(asked).toHaveLength(3);
  });

  it('asks nothing more when one has failed, and says which', async () => {
    const { asked, exchange, answer, refuse } = createExchanges();
    const loop = startClosedLoop([connection, connection], exchange);
    await refuse(0, new Error('answered with 500'));
    await answer(1);
    expect(asked).toHaveLength(2);
    await expect(loop.stop()).rejects.toThrow('answered with 500');
  });
});
