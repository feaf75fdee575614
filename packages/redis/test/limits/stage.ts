import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit, LimitDecision, Limiter } from '@plinth/data-kit';
import { Redis } from 'ioredis';
import { createExchange } from '../../src/limits/exchange.ts';
import { createLeasedLimiter, type LeasedLimiter } from '../../src/limits/leased-limiter.ts';

export const isHeavy: boolean = process.env['PLINTH_HEAVY'] === '1';

/** One process among those that share buckets, as far as Redis can tell. */
export type Sharer = {
  readonly limiter: LeasedLimiter;
  readonly redis: Redis;
  readonly events: string[];
  /** Lets time pass here, and not in Redis. */
  readonly pass: (ms: number) => void;
  close(): Promise<void>;
};

/** Buckets on a Redis that nobody else uses, whatever else is on it. */
export const openStage = (url: string) => {
  const prefix = `test-${randomUUID()}:`;
  const sharers: Sharer[] = [];
  const join = async (): Promise<Sharer> => {
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1000 });
    redis.on('error', () => undefined);
    let passedMs = 0;
    const events: string[] = [];
    const { exchange } = createExchange(redis, { prefix, processId: randomUUID(), nowMs: () => performance.now() });
    const limiter = createLeasedLimiter({
      exchange,
      nowMs: () => performance.now() + passedMs,
      onAway: () => void events.push('away'),
      onBack: () => void events.push('back'),
    });
    const sharer: Sharer = {
      limiter,
      redis,
      events,
      pass: (ms) => void (passedMs += ms),
      close: async () => redis.disconnect(),
    };
    sharers.push(sharer);
    await new Promise((resolve) => redis.once('ready', resolve));
    await limiter.beat();
    return sharer;
  };
  return {
    prefix,
    join,
    close: async () => void (await Promise.all(sharers.map((sharer) => sharer.close()))),
  };
};

/** Takes one token after the other. */
export const takeInTurn = async (limiter: Limiter, limit: Limit, count: number): Promise<LimitDecision[]> => {
  const decisions: LimitDecision[] = [];
  for (let at = 0; at < count; at += 1) {
    decisions.push(await limiter.take(limit, 'ada'));
  }
  return decisions;
};

/** Takes tokens at an even pace, and tells how long each decision took, in milliseconds. */
export const takeSteadily = async (
  limiter: Limiter,
  limit: Limit,
  { ms, perSecond }: { readonly ms: number; readonly perSecond: number },
): Promise<{ readonly decisions: LimitDecision[]; readonly latencies: number[] }> => {
  const decisions: LimitDecision[] = [];
  const latencies: number[] = [];
  const begunAt = performance.now();
  const takeOne = async (): Promise<void> => {
    const askedAt = performance.now();
    const taken = limiter.take(limit, 'ada');
    // What is decided at once has no latency but its own, however long this loop goes on.
    const decidedAt = performance.now();
    decisions.push(await taken);
    latencies.push((taken instanceof Promise ? performance.now() : decidedAt) - askedAt);
  };
  const taking: Promise<void>[] = [];
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - begunAt) {
    const due = Math.floor((elapsed / 1000) * perSecond);
    while (taking.length < due) taking.push(takeOne());
    await sleep(2);
  }
  await Promise.all(taking);
  return { decisions, latencies };
};

export const countAllowed = (decisions: readonly LimitDecision[]): number =>
  decisions.filter(({ isAllowed }) => isAllowed).length;

/** The value below which 99 of a hundred lie. */
export const p99 = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
