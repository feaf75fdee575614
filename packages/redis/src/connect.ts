import { randomUUID } from 'node:crypto';
import type { RateLimiter } from '@plinth/data-kit';
import { openConnection, type RedisLog, type RedisSettings } from './connection.ts';
import { createRequestLeases } from './rate-limits/lease-script.ts';
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

const beatMs = 2000;

/**
 * Connects in the background: a service starts and serves without Redis. Logs each loss of the connection once as
 * `redis-disconnected`, and its return as `redis-reconnected`.
 */
export const connectRedis = (settings: RedisSettings, log: RedisLog): RedisConnection => {
  const { REDIS_KEY_PREFIX: prefix = '' } = settings;
  const redis = openConnection(settings, { log, commandTimeoutMs: 1000 });
  const requestLeases = createRequestLeases(redis, { prefix, processId: randomUUID() });
  const limiter = new LeasedLimiter({ requestLeases, nowMs: () => performance.now(), log });
  const beat = setInterval(() => void limiter.beat(), beatMs).unref();
  redis.on('ready', () => void limiter.beat());
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
