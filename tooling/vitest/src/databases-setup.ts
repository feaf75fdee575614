import { startDatabases } from '@plinth/dev-databases';

/** Starts the databases that `env` does not name, for workers that inherit the environment of this process. Returns a function that stops them. */
export const setupWith = async (env: NodeJS.ProcessEnv): Promise<() => Promise<void>> => {
  if (env['MONGODB_URI'] && env['REDIS_URL']) return async () => {};
  const { mongodbUri, redisUrl, stop } = await startDatabases({ env, log: console.error });
  Object.assign(process.env, { MONGODB_URI: mongodbUri, REDIS_URL: redisUrl });
  return stop;
};

/** Runs once before the workers. */
export const setup = () => setupWith(process.env);
