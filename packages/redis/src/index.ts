export { connectRedis, type RedisConnection } from './connect.ts';
export type { RedisSettings } from './connection.ts';
export { connectQueues, type QueueTimes, type RedisQueues } from './queues/queues.ts';
