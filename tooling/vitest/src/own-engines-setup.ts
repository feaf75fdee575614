import { startEngines } from '@plinth/engines';

/** Runs once before the workers, which inherit the environment: with a mongod that no other package uses. */
export async function setup(): Promise<() => Promise<void>> {
  const env = { ...process.env, MONGODB_URI: undefined };
  const { mongodbUri, redisUrl, stop } = await startEngines({ env, log: console.error });
  Object.assign(process.env, { MONGODB_URI: mongodbUri, REDIS_URL: redisUrl });
  return stop;
}
