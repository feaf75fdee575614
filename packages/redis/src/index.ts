export { connectRedis, type RedisConnection } from './connect.ts';
