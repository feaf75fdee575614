import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimitDecision, RateLimiter, TokenBucket } from '@plinth/data-kit';
import { Redis } from 'ioredis';
import { createRequestLeases } from '../../src/rate-limits/lease-script.ts';
import { LeasedLimiter } from '../../src/rate-limits/leased-limiter.ts';

export const isHeavy: boolean = process.env['PLINTH_HEAVY'] === '1';

/** The limiter of one process. */
export type Member = {
  readonly limiter: LeasedLimiter;
  readonly redis: Redis;
  /** The events that the limiter has logged. */
  readonly events: string[];
  /** Moves the clock of this process forward, not that of Redis. */
  readonly advance: (ms: number) => void;
  close(): Promise<void>;
};

/** Opens limiters that share buckets under a key prefix of their own. */
export const openFixture = (url: string) => {
  const prefix = `test-${randomUUID()}:`;
  const members: Member[] = [];
  const join = async (): Promise<Member> => {
    const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 1000 });
    redis.on('error', () => undefined);
    let advancedMs = 0;
    const events: string[] = [];
    const log = (event: string) => void events.push(event);
    const limiter = new LeasedLimiter({
      requestLeases: createRequestLeases(redis, { prefix, processId: randomUUID() }),
      nowMs: () => performance.now() + advancedMs,
      log: { info: log, warn: log },
    });
    const member: Member = {
      limiter,
      redis,
      events,
      advance: (ms) => void (advancedMs += ms),
      close: async () => redis.disconnect(),
    };
    members.push(member);
    await new Promise((resolve) => redis.once('ready', resolve));
    await limiter.beat();
    return member;
  };
  return {
    prefix,
    join,
    close: async () => void (await Promise.all(members.map((member) => member.close()))),
  };
};

/** Takes tokens one after the other. */
export const takeInTurn = async (
  limiter: RateLimiter,
  bucket: TokenBucket,
  count: number,
): Promise<RateLimitDecision[]> => {
  const decisions: RateLimitDecision[] = [];
  for (let index = 0; index < count; index += 1) decisions.push(await limiter.take(bucket));
  return decisions;
};

/** Takes tokens at an even pace. Returns the decisions and their latencies in milliseconds. */
export const takeSteadily = async (
  limiter: Pick<RateLimiter, 'take'>,
  bucket: TokenBucket,
  { ms, perSecond }: { readonly ms: number; readonly perSecond: number },
): Promise<{ readonly decisions: RateLimitDecision[]; readonly latencies: number[] }> => {
  const decisions: RateLimitDecision[] = [];
  const latencies: number[] = [];
  const startedAt = performance.now();
  const takeOne = async (): Promise<void> => {
    const calledAt = performance.now();
    const taken = limiter.take(bucket);
    // A synchronous decision has no latency but its own, however long this loop runs.
    const returnedAt = performance.now();
    decisions.push(await taken);
    latencies.push((taken instanceof Promise ? performance.now() : returnedAt) - calledAt);
  };
  const taking: Promise<void>[] = [];
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - startedAt) {
    const due = Math.floor((elapsed / 1000) * perSecond);
    while (taking.length < due) taking.push(takeOne());
    await sleep(2);
  }
  await Promise.all(taking);
  return { decisions, latencies };
};

export const countAllowed = (decisions: readonly RateLimitDecision[]): number =>
  decisions.filter(({ isAllowed }) => isAllowed).length;

/** Returns the 99th percentile. */
export const p99 = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.ceil(values.length * 0.99) - 1] ?? Number.NaN;
