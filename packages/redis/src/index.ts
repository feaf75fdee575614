export { connectRedis, type RedisConnection, type RedisSettings } from './connect.ts';
