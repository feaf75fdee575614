import { startDatabases } from '@plinth/dev-databases';

/**
 * Starts the databases whose URLs `env` lacks, and sets the URLs in `process.env`, which the workers inherit.
 * @returns a function that stops them.
 */
export const startMissingDatabases = async (env: NodeJS.ProcessEnv): Promise<() => Promise<void>> => {
  if (env['MONGODB_URI'] && env['REDIS_URL']) return async () => {};
  const { mongodbUri, redisUrl, stop } = await startDatabases({ env, log: console.error });
  Object.assign(process.env, { MONGODB_URI: mongodbUri, REDIS_URL: redisUrl });
  return stop;
};

/** Runs once before the workers. */
export const setup = () => startMissingDatabases(process.env);
