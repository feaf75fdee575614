import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenBucket } from '@plinth/data-kit';
import { startTestDatabase, type TestDatabase } from '@plinth/dev-databases';
import { getFreePort } from '@plinth/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../../src/index.ts';
import { countAllowed, isHeavy, type Member, openFixture, p99, takeInTurn, takeSteadily } from './fixture.ts';

// The load is half of what the bucket allows. Only a small part of such a small bucket is leased ahead.
const bucket: TokenBucket = { key: 'subject ada', quota: 3000, windowSeconds: 3 };
const perSecond = 500;
const outageMs = isHeavy ? 10_000 : 2500;
/** The maximum number of requests in a thousand that may wait. A busy machine sends requests in bursts, so more have to wait. */
const waitingMax = isHeavy ? 10 : 100;
/** A decision that takes longer counts as waiting. */
const quickMs = 1;

let redis: TestDatabase;
let fixture: ReturnType<typeof openFixture>;

beforeAll(async () => {
  redis = await startTestDatabase('redis');
});

afterAll(() => redis.close());

beforeEach(() => {
  fixture = openFixture(redis.uri);
});

afterEach(async () => {
  await redis.resume();
  await fixture.close();
});

const countWaiting = (latencies: readonly number[]): number =>
  (1000 * latencies.filter((ms) => ms > quickMs).length) / latencies.length;

const isShared = async ({ limiter }: Pick<Member, 'limiter'>): Promise<boolean> => {
  await limiter.beat();
  const before = limiter.counts.decidedLocally;
  await limiter.take({ ...bucket, key: 'subject new' });
  return limiter.counts.decidedLocally === before;
};

describe('while Redis is stopped', () => {
  it('no request is refused or waits, and afterwards the shared bucket decides again', async () => {
    const member = await fixture.join();
    const before = await takeSteadily(member.limiter, bucket, { ms: 500, perSecond });
    await redis.pause();
    const during = await takeSteadily(member.limiter, bucket, { ms: outageMs, perSecond });
    await redis.resume();
    console.info(
      `Redis stopped for ${outageMs} ms: p99 ${p99(before.latencies).toFixed(3)} ms before, ${p99(during.latencies).toFixed(3)} ms during the outage`,
    );
    expect(countAllowed(during.decisions)).toBe(during.decisions.length);
    expect(countWaiting(during.latencies)).toBeLessThanOrEqual(waitingMax);
    await expect.poll(() => isShared(member)).toBe(true);
    expect(member.events).toEqual(['rate-limits-local', 'rate-limits-shared']);
  });

  it('the first request without a leased token waits briefly, the following ones not at all', {
    retry: 3,
  }, async () => {
    const member = await fixture.join();
    const { limiter } = member;
    await redis.pause();
    const calledAt = performance.now();
    expect(await limiter.take({ ...bucket, key: 'first' })).toMatchObject({ isAllowed: true });
    expect(performance.now() - calledAt).toBeLessThan(500);
    expect(limiter.take({ ...bucket, key: 'first' })).toMatchObject({ isAllowed: true });
    expect(limiter.take({ ...bucket, key: 'other' })).toMatchObject({ isAllowed: true });
    await redis.resume();
    await expect.poll(() => isShared(member)).toBe(true);
    // A Redis that is only slow is not reported as unreachable.
    expect(member.events).toEqual([]);
  });

  it('each of two processes serves its share of the limit, and that share counts afterwards', async () => {
    const members = [await fixture.join(), await fixture.join()];
    const small: TokenBucket = { key: 'subject ada', quota: 200, windowSeconds: 600 };
    // Each process learns that there are two.
    await Promise.all(members.map(({ limiter }) => takeInTurn(limiter, { ...small, key: 'first' }, 2)));
    const [first, second] = members as [Member, Member];
    await first.limiter.take({ ...small, key: 'second' });
    await redis.pause();
    const [ofFirst, ofSecond] = await Promise.all(members.map(({ limiter }) => takeInTurn(limiter, small, 300)));
    expect([countAllowed(ofFirst ?? []), countAllowed(ofSecond ?? [])]).toEqual([100, 100]);
    await redis.resume();
    await expect.poll(() => isShared(first)).toBe(true);
    await expect.poll(() => isShared(second)).toBe(true);
    const after = [await takeInTurn(first.limiter, small, 100), await takeInTurn(second.limiter, small, 100)].flat();
    expect(countAllowed(after)).toBeLessThanOrEqual(5);
  });

  it('integrity: a script that runs too late leases no tokens', async () => {
    const { limiter, advance } = await fixture.join();
    const small: TokenBucket = { key: 'subject ada', quota: 200, windowSeconds: 600 };
    await takeInTurn(limiter, small, 10);
    await redis.pause();
    await takeInTurn(limiter, small, 10);
    await sleep(2200);
    await redis.resume();
    await expect.poll(() => isShared({ limiter })).toBe(true);
    advance(6000);
    await limiter.beat();
    expect(countAllowed(await takeInTurn(limiter, small, 300))).toBeGreaterThanOrEqual(178);
  });
});

describe('when Redis is killed and restarted', () => {
  it('no request is refused or waits, and afterwards the shared bucket decides again', async () => {
    const member = await fixture.join();
    const taking = takeSteadily(member.limiter, bucket, { ms: outageMs, perSecond });
    await sleep(300);
    await redis.kill();
    await sleep(1000);
    await redis.restart();
    const { decisions, latencies } = await taking;
    expect(countAllowed(decisions)).toBe(decisions.length);
    expect(countWaiting(latencies)).toBeLessThanOrEqual(waitingMax);
    await expect.poll(() => isShared(member)).toBe(true);
    expect(member.events).toEqual(['rate-limits-local', 'rate-limits-shared']);
  });
});

describe('when Redis was never reachable', () => {
  it('a process serves the whole limit by itself and logs that once', async () => {
    const events: string[] = [];
    const record = (event: string) => void events.push(event);
    const connection = connectRedis(
      { REDIS_URL: `redis://127.0.0.1:${await getFreePort()}` },
      { info: record, warn: record },
    );
    const small: TokenBucket = { key: 'subject ada', quota: 50, windowSeconds: 600 };
    expect(countAllowed(await takeInTurn(connection.limiter, small, 100))).toBe(50);
    expect(connection.limiter.counts?.decidedLocally).toBe(100);
    await expect.poll(() => events.toSorted()).toEqual(['rate-limits-local', 'redis-disconnected']);
    await connection.close();
  });
});
