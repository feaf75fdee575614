import { Redis } from 'ioredis';

/** A Redis that may be away: what it carries is only ever delayed by that, never lost. */
export type RedisConnection = {
  readonly name: 'redis';
  /** A service without Redis is degraded, and serves. */
  readonly required: false;
  /** @throws when Redis does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
};

type Log = Record<'info' | 'warn', (event: Lowercase<string>, fields?: { readonly err: Error }) => void>;

/** Reconnects for ever, at most this many milliseconds apart. */
const reconnectMaxMs = 2000;

/**
 * Connects in the background: a service starts, and goes on serving, without Redis.
 * Each loss of the connection is logged once, as `redis-away`, and its return as `redis-back`.
 */
export const connectRedis = ({ REDIS_URL }: { readonly REDIS_URL: string }, log: Log): RedisConnection => {
  const redis = new Redis(REDIS_URL, {
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
  return {
    name: 'redis',
    required: false,
    check: async () => void (await redis.ping()),
    close: async () => redis.disconnect(),
  };
};
