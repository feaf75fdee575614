export { connectRedis, type RedisConnection, type RedisSettings } from './connect.ts';
export type { LeasedLimiter } from './limits/leased-limiter.ts';
