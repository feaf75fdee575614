import { randomUUID } from 'node:crypto';
import type { RateLimiter } from '@plinth/data-kit';
import { Redis } from 'ioredis';
import { createLeaseScript } from './rate-limits/lease-script.ts';
import { LeasedLimiter } from './rate-limits/leased-limiter.ts';

/** A Redis connection. Redis holds no data that must survive, so an outage loses nothing. */
export type RedisConnection = {
  readonly name: 'redis';
  /** A service without Redis is degraded and keeps serving. */
  readonly required: false;
  /** Token buckets that all processes on this Redis share. */
  readonly limiter: RateLimiter;
  /** @throws when Redis does not respond. */
  check(): Promise<void>;
  close(): Promise<void>;
};

export type RedisSettings = {
  readonly REDIS_URL: string;
  /** The prefix of every key, for several deployments on one Redis. */
  readonly REDIS_KEY_PREFIX?: string | undefined;
};

type Log = Record<'info' | 'warn', (event: Lowercase<string>, fields?: { readonly err: Error }) => void>;

const reconnectMaxMs = 2000;
const beatMs = 2000;

const createLimiter = (redis: Redis, { REDIS_KEY_PREFIX = '' }: RedisSettings, log: Log) => {
  const nowMs = (): number => performance.now();
  const { requestLeases, leave } = createLeaseScript(redis, {
    prefix: REDIS_KEY_PREFIX,
    processId: randomUUID(),
    nowMs,
  });
  const limiter = new LeasedLimiter({
    requestLeases,
    nowMs,
    onDisconnect: (err) => log.warn('rate-limits-local', { err }),
    onReconnect: () => log.info('rate-limits-shared'),
  });
  const beat = (): void => void limiter.beat();
  const timer = setInterval(beat, beatMs).unref();
  redis.on('ready', beat);
  const close = async (): Promise<void> => {
    clearInterval(timer);
    if (redis.status !== 'ready') return;
    await limiter.close();
    await leave().catch(() => undefined);
  };
  return { limiter, close };
};

/**
 * Connects in the background: a service starts and serves without Redis. Logs each loss of the connection once as
 * `redis-disconnected`, and its return as `redis-reconnected`.
 */
export const connectRedis = (settings: RedisSettings, log: Log): RedisConnection => {
  const redis = new Redis(settings.REDIS_URL, {
    // A command fails at once while Redis is unreachable, so that no request waits for it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: 1000,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), reconnectMaxMs),
  });
  let isDisconnected = false;
  redis.on('ready', () => {
    if (isDisconnected) log.info('redis-reconnected');
    isDisconnected = false;
  });
  redis.on('error', (cause: Error) => {
    if (isDisconnected) return;
    isDisconnected = true;
    log.warn('redis-disconnected', { err: cause });
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
