import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit } from '@plinth/data-kit';
import { type OwnEngine, ownEngine } from '@plinth/engines';
import { aFreePort } from '@plinth/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../../src/index.ts';
import { countAllowed, isHeavy, openStage, p99, type Sharer, takeInTurn, takeSteadily } from './stage.ts';

// A second's worth is 1,000, and half of that is asked for. Of so small a bucket little can be leased ahead.
const limit: Limit = { name: 'subject', quota: 3000, windowSeconds: 3 };
const perSecond = 500;
const outageMs = isHeavy ? 10_000 : 2500;
/** So many of a thousand requests may have to wait; where the machine is busy, many come at once and more have to. */
const waitingMax = isHeavy ? 10 : 100;
/** Whoever waits for longer than this has waited. */
const quickMs = 1;

let engine: OwnEngine;
let stage: ReturnType<typeof openStage>;

beforeAll(async () => {
  engine = await ownEngine('redis');
});

afterAll(() => engine.close());

beforeEach(() => {
  stage = openStage(engine.uri);
});

afterEach(async () => {
  await engine.goOn();
  await stage.close();
});

const waitingOf = (latencies: readonly number[]): number =>
  (1000 * latencies.filter((ms) => ms > quickMs).length) / latencies.length;

const isBack = async ({ limiter }: Pick<Sharer, 'limiter'>): Promise<boolean> => {
  await limiter.beat();
  const before = limiter.counts.decidedLocally;
  await limiter.take(limit, 'somebody new');
  return limiter.counts.decidedLocally === before;
};

describe('while Redis stands still', () => {
  it('nobody is refused and nobody waits, and afterwards the shared bucket rules again', async () => {
    const sharer = await stage.join();
    const before = await takeSteadily(sharer.limiter, limit, { ms: 500, perSecond });
    await engine.pause();
    const during = await takeSteadily(sharer.limiter, limit, { ms: outageMs, perSecond });
    await engine.goOn();
    console.info(
      `Redis stopped for ${outageMs} ms: p99 ${p99(before.latencies).toFixed(3)} ms before, ${p99(during.latencies).toFixed(3)} ms meanwhile`,
    );
    expect(countAllowed(during.decisions)).toBe(during.decisions.length);
    expect(waitingOf(during.latencies)).toBeLessThanOrEqual(waitingMax);
    await expect.poll(() => isBack(sharer), { timeout: 5000 }).toBe(true);
    expect(sharer.events).toEqual(['away', 'back']);
  }, 30_000);

  it('a request that finds no token here waits for a moment, and the next ones not at all', async () => {
    const { limiter } = await stage.join();
    await engine.pause();
    const askedAt = performance.now();
    expect(await limiter.take(limit, 'one')).toMatchObject({ isAllowed: true });
    expect(performance.now() - askedAt).toBeLessThan(500);
    expect(limiter.take(limit, 'one')).toMatchObject({ isAllowed: true });
    expect(limiter.take(limit, 'other')).toMatchObject({ isAllowed: true });
  });

  it('each of several processes serves its part of the limit, and what it served counts afterwards', async () => {
    const sharers = [await stage.join(), await stage.join()];
    const small: Limit = { name: 'subject', quota: 200, windowSeconds: 600 };
    // Each hears of the other.
    await Promise.all(sharers.map(({ limiter }) => takeInTurn(limiter, { ...small, name: 'first' }, 2)));
    const [one, other] = sharers as [(typeof sharers)[number], (typeof sharers)[number]];
    await one.limiter.take({ ...small, name: 'second' }, 'ada');
    await engine.pause();
    const [ofOne, ofOther] = await Promise.all(sharers.map(({ limiter }) => takeInTurn(limiter, small, 300)));
    expect([countAllowed(ofOne ?? []), countAllowed(ofOther ?? [])]).toEqual([100, 100]);
    await engine.goOn();
    await expect.poll(() => isBack(one), { timeout: 5000 }).toBe(true);
    await expect.poll(() => isBack(other), { timeout: 5000 }).toBe(true);
    const after = [await takeInTurn(one.limiter, small, 100), await takeInTurn(other.limiter, small, 100)].flat();
    expect(countAllowed(after)).toBeLessThanOrEqual(5);
  }, 20_000);

  it('integrity: no token is lost to questions that Redis reads when nobody waits for the answer any more', async () => {
    const { limiter, pass } = await stage.join();
    const small: Limit = { name: 'subject', quota: 200, windowSeconds: 600 };
    await takeInTurn(limiter, small, 10);
    await engine.pause();
    await takeInTurn(limiter, small, 10);
    await sleep(2200);
    await engine.goOn();
    await expect.poll(() => isBack({ limiter }), { timeout: 5000 }).toBe(true);
    pass(6000);
    await limiter.beat();
    expect(countAllowed(await takeInTurn(limiter, small, 300))).toBeGreaterThanOrEqual(178);
  }, 20_000);
});

describe('when Redis dies and comes back', () => {
  it('nobody is refused and nobody waits, and the shared bucket rules again', async () => {
    const sharer = await stage.join();
    const taking = takeSteadily(sharer.limiter, limit, { ms: outageMs, perSecond });
    await sleep(300);
    await engine.end();
    await sleep(1000);
    await engine.begin();
    const { decisions, latencies } = await taking;
    expect(countAllowed(decisions)).toBe(decisions.length);
    expect(waitingOf(latencies)).toBeLessThanOrEqual(waitingMax);
    await expect.poll(() => isBack(sharer), { timeout: 10_000 }).toBe(true);
    expect(sharer.events).toEqual(['away', 'back']);
  }, 30_000);
});

describe('where Redis has never been', () => {
  it('a process keeps the whole limit by itself, and says once that it does', async () => {
    const events: string[] = [];
    const note = (event: string) => void events.push(event);
    const connection = connectRedis(
      { REDIS_URL: `redis://127.0.0.1:${await aFreePort()}` },
      { info: note, warn: note },
    );
    const small: Limit = { name: 'subject', quota: 50, windowSeconds: 600 };
    expect(countAllowed(await takeInTurn(connection.limiter, small, 100))).toBe(50);
    await connection.limiter.beat();
    await connection.limiter.beat();
    expect(connection.limiter.counts.decidedLocally).toBe(100);
    await expect.poll(() => events.toSorted()).toEqual(['limits-local', 'redis-away']);
    await connection.close();
  });
});
