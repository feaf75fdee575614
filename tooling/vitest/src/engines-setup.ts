import { startEngines } from '@plinth/engines';

/** Runs once before the workers, which inherit the environment. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env['MONGODB_URI'] && process.env['REDIS_URL']) return async () => {};
  const { mongodbUri, redisUrl, stop } = await startEngines({ log: console.error });
  Object.assign(process.env, { MONGODB_URI: mongodbUri, REDIS_URL: redisUrl });
  return stop;
}
