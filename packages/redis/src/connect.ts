import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { createExchange } from './limits/exchange.ts';
import { createLeasedLimiter, type LeasedLimiter } from './limits/leased-limiter.ts';

/** A Redis that may be away: what it carries is only ever delayed by that, never lost. */
export type RedisConnection = {
  readonly name: 'redis';
  /** A service without Redis is degraded, and serves. */
  readonly required: false;
  /** Buckets that all processes on this Redis share. While it is away, each process keeps its part of them. */
  readonly limiter: LeasedLimiter;
  /** @throws when Redis does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
};

export type RedisSettings = {
  readonly REDIS_URL: string;
  /** Stands before every key, for several deployments on one Redis. */
  readonly REDIS_KEY_PREFIX?: string | undefined;
};

type Log = Record<'info' | 'warn', (event: Lowercase<string>, fields?: { readonly err: Error }) => void>;

/** Reconnects for ever, at most this many milliseconds apart. */
const reconnectMaxMs = 2000;

/** Without requests, a process says so often that it is there, and gives idle tokens back. */
const beatMs = 2000;

/** Logs as `limits-local` when the processes begin to decide by themselves, and as `limits-shared` when they end to. */
const createLimiter = (redis: Redis, { REDIS_KEY_PREFIX }: RedisSettings, log: Log) => {
  const nowMs = (): number => performance.now();
  const { exchange, leave } = createExchange(redis, { prefix: REDIS_KEY_PREFIX ?? '', processId: randomUUID(), nowMs });
  const limiter = createLeasedLimiter({
    exchange,
    nowMs,
    onAway: (err) => log.warn('limits-local', { err }),
    onBack: () => log.info('limits-shared'),
  });
  const beat = (): void => void limiter.beat();
  const beating = setInterval(beat, beatMs).unref();
  redis.on('ready', beat);
  const close = async (): Promise<void> => {
    clearInterval(beating);
    if (redis.status !== 'ready') return;
    await limiter.close();
    await leave().catch(() => undefined);
  };
  return { limiter, close };
};

/**
 * Connects in the background: a service starts, and goes on serving, without Redis.
 * Each loss of the connection is logged once, as `redis-away`, and its return as `redis-back`.
 */
export const connectRedis = (settings: RedisSettings, log: Log): RedisConnection => {
  const redis = new Redis(settings.REDIS_URL, {
    // A command fails at once while Redis is away, so nobody waits for it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: 1000,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), reconnectMaxMs),
  });
  let away = false;
  redis.on('ready', () => {
    if (away) log.info('redis-back');
    away = false;
  });
  redis.on('error', (cause: Error) => {
    if (away) return;
    away = true;
    log.warn('redis-away', { err: cause });
  });
  const { limiter, close } = createLimiter(redis, settings, log);
  return {
    name: 'redis',
    required: false,
    limiter,
    check: async () => void (await redis.ping()),
    close: async () => {
      await close();
      redis.disconnect();
    },
  };
};
