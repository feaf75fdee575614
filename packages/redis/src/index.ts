export { connectRedis, type RedisConnection, type RedisSettings } from './connect.ts';
export { LeasedLimiter } from './rate-limits/leased-limiter.ts';
