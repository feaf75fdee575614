import type { TokenBucket } from '@plinth/data-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countAllowed, openFixture, takeInTurn, takeSteadily } from './fixture.ts';

const redisUrl = process.env['REDIS_URL'] as string;
// The window is long, so that almost no tokens return during a test.
const bucket: TokenBucket = { key: 'subject ada', quota: 300, windowSeconds: 600 };

let fixture: ReturnType<typeof openFixture>;

beforeEach(() => {
  fixture = openFixture(redisUrl);
});

afterEach(() => fixture.close());

describe('a shared bucket', () => {
  it('serves its quota and refuses what follows', async () => {
    const { limiter } = await fixture.join();
    const decisions = await takeInTurn(limiter, bucket, 500);
    expect(countAllowed(decisions)).toBeGreaterThanOrEqual(300);
    expect(countAllowed(decisions)).toBeLessThanOrEqual(302);
    expect(decisions.at(0)).toMatchObject({ isAllowed: true, remaining: 299 });
    expect(decisions.at(-1)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: expect.closeTo(2, 0) });
  });

  it('race: serves exactly its quota to parallel requests', async () => {
    const { limiter } = await fixture.join();
    const decisions = await Promise.all(Array.from({ length: 500 }, async () => limiter.take(bucket)));
    expect(countAllowed(decisions)).toBe(300);
  });

  it('race: serves its quota within 10 % to eight processes at once', async () => {
    const members = await Promise.all(Array.from({ length: 8 }, () => fixture.join()));
    const decisions = await Promise.all(members.map(({ limiter }) => takeInTurn(limiter, bucket, 100)));
    expect(Math.abs(countAllowed(decisions.flat()) - 300)).toBeLessThanOrEqual(30);
  });

  it('serves all of it to one process after the others have returned their leases', { retry: 3 }, async () => {
    const members = await Promise.all(Array.from({ length: 8 }, () => fixture.join()));
    for (const { limiter } of members) await takeInTurn(limiter, bucket, 1);
    const { limiter } = members[0] as (typeof members)[number];
    const decisions = await takeInTurn(limiter, bucket, 500);
    // Eight tokens are spent, and each process may hold a lease of 15.
    expect(countAllowed(decisions)).toBeGreaterThanOrEqual(300 - 8 - 8 * 15);
    for (const member of members) {
      member.advance(6000);
      await member.limiter.beat();
    }
    const more = await takeInTurn(limiter, bucket, 500);
    expect(Math.abs(countAllowed([...decisions, ...more]) - 292)).toBeLessThanOrEqual(3);
  });

  it('receives the unused tokens of a process that ends', async () => {
    const [first, second] = [await fixture.join(), await fixture.join()];
    // More buckets than one round trip can return.
    const buckets = Array.from({ length: 250 }, (_, index) => ({ ...bucket, key: `subject ${index}` }));
    await Promise.all(buckets.map(async (each) => first.limiter.take(each)));
    await first.limiter.close();
    const decisions = await Promise.all(buckets.map(async (each) => second.limiter.take(each)));
    expect(new Set(decisions.map(({ remaining }) => remaining))).toEqual(new Set([298]));
  });

  it('boundary: belongs to one key, quota and window', async () => {
    const { limiter } = await fixture.join();
    await takeInTurn(limiter, bucket, 400);
    const whole = { isAllowed: true, remaining: 299 };
    expect(await limiter.take({ ...bucket, key: 'subject grace' })).toMatchObject(whole);
    expect(await limiter.take({ ...bucket, windowSeconds: 500 })).toMatchObject(whole);
  });

  it('leaves nothing in Redis once it is full again', async () => {
    const { limiter, redis } = await fixture.join();
    const listBuckets = async () =>
      (await redis.keys(`${fixture.prefix}*`)).filter((key) => !key.endsWith(':processes'));
    await takeInTurn(limiter, { ...bucket, quota: 100, windowSeconds: 1 }, 1);
    expect(await listBuckets()).toHaveLength(1);
    await expect.poll(listBuckets).toEqual([]);
  });

  it('survives the loss of all data and scripts in Redis', async () => {
    const { limiter, redis, events } = await fixture.join();
    await takeInTurn(limiter, bucket, 100);
    await redis.script('FLUSH');
    await redis.del(...(await redis.keys(`${fixture.prefix}*`)));
    expect(countAllowed(await takeInTurn(limiter, bucket, 100))).toBe(100);
    expect(events).toEqual([]);
  });
});

describe('round trips', () => {
  // The quotas of plans, addresses and contracts, at a pace that stays below each.
  it.each([
    [300, 200],
    [1000, 400],
    [3000, 1000],
    [600_000, 2000],
  ])('for a quota of %i a minute: at most one for ten requests', async (quota, perSecond) => {
    const { limiter } = await fixture.join();
    const before = limiter.counts.roundTrips;
    const { decisions } = await takeSteadily(limiter, { ...bucket, quota, windowSeconds: 60 }, { ms: 700, perSecond });
    expect(countAllowed(decisions)).toBe(decisions.length);
    expect((limiter.counts.roundTrips - before) / decisions.length).toBeLessThanOrEqual(0.1);
  });

  it('refill every half-used lease, so two buckets cost little more than one', async () => {
    const { limiter } = await fixture.join();
    const ip: TokenBucket = { key: 'ip 127.0.0.1', quota: 3000, windowSeconds: 60 };
    const both = {
      take: async (subject: TokenBucket) => {
        await limiter.take(ip);
        return limiter.take(subject);
      },
    };
    const { decisions } = await takeSteadily(both, { ...bucket, windowSeconds: 60 }, { ms: 1000, perSecond: 200 });
    expect(limiter.counts.roundTrips / decisions.length).toBeLessThanOrEqual(0.1);
  });

  it('are few for refused requests', async () => {
    const { limiter } = await fixture.join();
    await takeInTurn(limiter, bucket, 310);
    const before = limiter.counts.roundTrips;
    const { decisions } = await takeSteadily(limiter, bucket, { ms: 300, perSecond: 2000 });
    expect(countAllowed(decisions)).toBeLessThanOrEqual(2);
    expect((limiter.counts.roundTrips - before) / decisions.length).toBeLessThanOrEqual(0.05);
  });

  it('are counted as Redis counts them', async () => {
    const { limiter, redis } = await fixture.join();
    const countCalls = async (): Promise<number> => {
      const info = await redis.info('commandstats');
      const counts = [...info.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map(([, calls]) => Number(calls));
      return counts.reduce((sum, calls) => sum + calls, 0);
    };
    const before = { roundTrips: limiter.counts.roundTrips, calls: await countCalls() };
    await takeInTurn(limiter, bucket, 200);
    const roundTrips = limiter.counts.roundTrips - before.roundTrips;
    // Other tests use this Redis too, so it may have counted more.
    expect((await countCalls()) - before.calls).toBeGreaterThanOrEqual(roundTrips);
    expect(roundTrips).toBeLessThanOrEqual(20);
  });
});
