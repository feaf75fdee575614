import { Redis, type RedisOptions } from 'ioredis';

export type RedisSettings = {
  readonly REDIS_URL: string;
  /** PEM texts, for a `rediss://` URL. */
  readonly REDIS_TLS_CA?: string | undefined;
  readonly REDIS_TLS_CERTIFICATE?: string | undefined;
  readonly REDIS_TLS_KEY?: string | undefined;
  /** The prefix of every key, for several deployments on one Redis. */
  readonly REDIS_KEY_PREFIX?: string | undefined;
};

export type RedisLog = Record<'info' | 'warn', (event: Lowercase<string>, fields?: RedisLogFields) => void>;

export type RedisLogFields = { readonly err: Error; readonly queue?: string; readonly messageId?: string | undefined };

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

/** The options of every connection, which is retried for ever. */
export const toRedisOptions = (
  settings: RedisSettings,
): Pick<RedisOptions, 'tls' | 'connectTimeout' | 'retryStrategy'> => ({
  ...toTlsOptions(settings),
  connectTimeout: 2000,
  retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), reconnectMaxMs),
});

export type ConnectionOptions = { readonly log: RedisLog; readonly commandTimeoutMs: number };

/**
 * Opens a connection in the background. A command fails at once while Redis is unreachable, so that no request waits for it. Logs
 * each loss of the connection once as `redis-disconnected`, and its return as `redis-reconnected`.
 */
export const openConnection = (settings: RedisSettings, { log, commandTimeoutMs }: ConnectionOptions): Redis => {
  const redis = new Redis(settings.REDIS_URL, {
    ...toRedisOptions(settings),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
  });
  let isDisconnected = false;
  redis.on('ready', () => {
    if (isDisconnected) log.info('redis-reconnected');
    isDisconnected = false;
  });
  redis.on('error', (err: Error) => {
    if (isDisconnected) return;
    isDisconnected = true;
    log.warn('redis-disconnected', { err });
  });
  return redis;
};
