import { startDatabases } from '@plinth/dev-databases';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URI of the mongod of each worker. */
    mongodbUris: readonly string[];
  }
}

/** Starts a mongod for each worker, and one redis-server unless REDIS_URL is set. Resolves with a function that stops them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const start = (env: NodeJS.ProcessEnv) =>
    startDatabases({ env: { ...env, MONGODB_URI: undefined }, isVolatile: true, log: console.error });
  const first = await start(process.env);
  const more = Array.from({ length: project.config.maxWorkers - 1 }, () =>
    start({ ...process.env, REDIS_URL: first.redisUrl }),
  );
  const databases = [first, ...(await Promise.all(more))];
  process.env['REDIS_URL'] = first.redisUrl;
  const mongodbUris = databases.map(({ mongodbUri }) => mongodbUri);
  project.provide('mongodbUris', mongodbUris);
  return async () => void (await Promise.all(databases.map(({ stop }) => stop())));
}
