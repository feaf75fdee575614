import type { Limit } from '@plinth/data-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countAllowed, openStage, takeInTurn, takeSteadily } from './stage.ts';

const redisUrl = process.env['REDIS_URL'] as string;
// Almost nothing comes back while a test runs.
const limit: Limit = { name: 'subject', quota: 300, windowSeconds: 600 };

let stage: ReturnType<typeof openStage>;

beforeEach(() => {
  stage = openStage(redisUrl);
});

afterEach(() => stage.close());

describe('a bucket that processes share', () => {
  it('serves its quota and refuses what comes after', async () => {
    const { limiter } = await stage.join();
    const decisions = await takeInTurn(limiter, limit, 500);
    expect(countAllowed(decisions)).toBeGreaterThanOrEqual(300);
    expect(countAllowed(decisions)).toBeLessThanOrEqual(302);
    expect(decisions.at(0)).toMatchObject({ isAllowed: true, remaining: 299 });
    expect(decisions.at(-1)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: expect.closeTo(2, 0) });
  });

  it('race: serves its quota to requests that all come at once', async () => {
    const { limiter } = await stage.join();
    const decisions = await Promise.all(Array.from({ length: 500 }, async () => limiter.take(limit, 'ada')));
    expect(countAllowed(decisions)).toBe(300);
  });

  it('race: serves its quota to processes that all ask at once', async () => {
    const sharers = await Promise.all(Array.from({ length: 8 }, () => stage.join()));
    const decisions = await Promise.all(sharers.map(({ limiter }) => takeInTurn(limiter, limit, 100)));
    expect(Math.abs(countAllowed(decisions.flat()) - 300)).toBeLessThanOrEqual(30);
  });

  it('is whole for one process although others hold some of it', async () => {
    const sharers = await Promise.all(Array.from({ length: 8 }, () => stage.join()));
    for (const { limiter } of sharers) {
      await takeInTurn(limiter, limit, 1);
    }
    const decisions = await takeInTurn(sharers[0]?.limiter as never, limit, 500);
    expect(countAllowed(decisions)).toBeGreaterThanOrEqual(300 - 8 - 8 * 15);
    for (const { limiter, pass } of sharers) {
      pass(6000);
      await limiter.beat();
    }
    const more = await takeInTurn(sharers[0]?.limiter as never, limit, 500);
    expect(Math.abs(countAllowed([...decisions, ...more]) - 292)).toBeLessThanOrEqual(3);
  });

  it('gets back what a process leaves behind', async () => {
    const [one, other] = [await stage.join(), await stage.join()];
    await takeInTurn(one.limiter, limit, 1);
    await one.limiter.close();
    expect((await takeInTurn(other.limiter, limit, 1))[0]?.remaining).toBe(298);
  });

  it('boundary: is that of one subject alone', async () => {
    const { limiter } = await stage.join();
    await takeInTurn(limiter, limit, 400);
    expect(await limiter.take(limit, 'grace')).toMatchObject({ isAllowed: true, remaining: 299 });
    expect(await limiter.take({ ...limit, name: 'ip' }, 'ada')).toMatchObject({ isAllowed: true, remaining: 299 });
  });

  it('leaves nothing in Redis when it is full again', async () => {
    const { limiter, redis } = await stage.join();
    const bucketsLeft = async () => (await redis.keys(`${stage.prefix}*`)).filter((key) => !key.endsWith(':processes'));
    await takeInTurn(limiter, { name: 'subject', quota: 100, windowSeconds: 1 }, 1);
    expect(await bucketsLeft()).toHaveLength(1);
    await expect.poll(bucketsLeft, { timeout: 5000 }).toEqual([]);
  });

  it('goes on when Redis has forgotten everything, scripts included', async () => {
    const { limiter, redis, events } = await stage.join();
    await takeInTurn(limiter, limit, 100);
    await redis.script('FLUSH');
    await redis.del(...(await redis.keys(`${stage.prefix}*`)));
    expect(countAllowed(await takeInTurn(limiter, limit, 100))).toBe(100);
    expect(events).toEqual([]);
  });
});

describe('round trips', () => {
  // What the plans, addresses and a contract have, at a pace that stays below it.
  it.each([
    [300, 200],
    [1000, 400],
    [3000, 1000],
    [600_000, 2000],
  ])('of a bucket of %i a minute are at most one for ten requests', async (quota, perSecond) => {
    const { limiter } = await stage.join();
    const before = limiter.counts.exchanges;
    const { decisions } = await takeSteadily(limiter, { ...limit, quota, windowSeconds: 60 }, { ms: 700, perSecond });
    expect(countAllowed(decisions)).toBe(decisions.length);
    expect((limiter.counts.exchanges - before) / decisions.length).toBeLessThanOrEqual(0.1);
  });

  it('carry whatever else is worn, so two buckets a request cost hardly more than one', async () => {
    const { limiter } = await stage.join();
    const ip: Limit = { name: 'ip', quota: 3000, windowSeconds: 60 };
    const both = {
      take: async (...[of, subject]: Parameters<typeof limiter.take>) => {
        await limiter.take(ip, '127.0.0.1');
        return limiter.take(of, subject);
      },
    };
    const { decisions } = await takeSteadily(both, { ...limit, windowSeconds: 60 }, { ms: 1000, perSecond: 200 });
    expect(limiter.counts.exchanges / decisions.length).toBeLessThanOrEqual(0.1);
  });

  it('are few for those who are refused', async () => {
    const { limiter } = await stage.join();
    await takeInTurn(limiter, limit, 310);
    const before = limiter.counts.exchanges;
    const { decisions } = await takeSteadily(limiter, limit, { ms: 300, perSecond: 2000 });
    expect(countAllowed(decisions)).toBeLessThanOrEqual(2);
    expect((limiter.counts.exchanges - before) / decisions.length).toBeLessThanOrEqual(0.05);
  });

  it('are as many as Redis counts', async () => {
    const { limiter, redis } = await stage.join();
    const callsOf = async (): Promise<number> => {
      const info = await redis.info('commandstats');
      const counts = [...info.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map(([, calls]) => Number(calls));
      return counts.reduce((sum, calls) => sum + calls, 0);
    };
    const before = { exchanges: limiter.counts.exchanges, calls: await callsOf() };
    await takeInTurn(limiter, limit, 200);
    const exchanges = limiter.counts.exchanges - before.exchanges;
    // Others use this Redis too, so it may have counted more.
    expect((await callsOf()) - before.calls).toBeGreaterThanOrEqual(exchanges);
    expect(exchanges).toBeLessThanOrEqual(20);
  });
});
