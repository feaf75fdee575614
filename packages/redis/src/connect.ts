import { randomUUID } from 'node:crypto';
import type { RateLimiter } from '@plinth/data-kit';
import { Redis, type RedisOptions } from 'ioredis';
import { createRequestLeases } from './rate-limits/lease-script.ts';
import { LeasedLimiter, type RateLimitLog } from './rate-limits/leased-limiter.ts';

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
  /** PEM texts, for a `rediss://` URL. */
  readonly REDIS_TLS_CA?: string | undefined;
  readonly REDIS_TLS_CERTIFICATE?: string | undefined;
  readonly REDIS_TLS_KEY?: string | undefined;
  /** The prefix of every key, for several deployments on one Redis. */
  readonly REDIS_KEY_PREFIX?: string | undefined;
};

/** For another scheme the options would turn TLS on too. */
const toTlsOptions = (settings: RedisSettings): Pick<RedisOptions, 'tls'> => {
  if (!settings.REDIS_URL.startsWith('rediss://')) return {};
  return {
    tls: {
      ...(settings.REDIS_TLS_CA !== undefined && { ca: settings.REDIS_TLS_CA }),
      ...(settings.REDIS_TLS_CERTIFICATE !== undefined && { cert: settings.REDIS_TLS_CERTIFICATE }),
      ...(settings.REDIS_TLS_KEY !== undefined && { key: settings.REDIS_TLS_KEY }),
    },
  };
};

const reconnectMaxMs = 2000;
const beatMs = 2000;

/**
 * Connects in the background: a service starts and serves without Redis. Logs each loss of the connection once as
 * `redis-disconnected`, and its return as `redis-reconnected`.
 */
export const connectRedis = (settings: RedisSettings, log: RateLimitLog): RedisConnection => {
  const { REDIS_URL, REDIS_KEY_PREFIX: prefix = '' } = settings;
  const redis = new Redis(REDIS_URL, {
    ...toTlsOptions(settings),
    // A command fails at once while Redis is unreachable, so that no request waits for it.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: 1000,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), reconnectMaxMs),
  });
  const requestLeases = createRequestLeases(redis, { prefix, processId: randomUUID() });
  const limiter = new LeasedLimiter({ requestLeases, nowMs: () => performance.now(), log });
  const beat = setInterval(() => void limiter.beat(), beatMs).unref();
  let isDisconnected = false;
  redis.on('ready', () => {
    if (isDisconnected) log.info('redis-reconnected');
    isDisconnected = false;
    void limiter.beat();
  });
  redis.on('error', (err: Error) => {
    if (isDisconnected) return;
    isDisconnected = true;
    log.warn('redis-disconnected', { err });
  });
  return {
    name: 'redis',
    required: false,
    limiter,
    check: async () => void (await redis.ping()),
    close: async () => {
      clearInterval(beat);
      await limiter.close();
      redis.disconnect();
    },
  };
};
