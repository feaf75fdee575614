import { startDatabases } from '@plinth/dev-databases';

/** Starts the databases whose URIs are not set, before the workers, which inherit the URIs. Resolves with a function that stops them. */
export async function setup(): Promise<() => Promise<void>> {
  const { mongodbUri, redisUrl, stop } = await startDatabases({ isVolatile: true, log: console.error });
  Object.assign(process.env, { MONGODB_URI: mongodbUri, REDIS_URL: redisUrl });
  return stop;
}
