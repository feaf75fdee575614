import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, type RunningEngine, runEngine, runTemporary } from './engine.ts';
import { checkMongodb, checkRedis } from './given.ts';
import { mongod } from './mongod.ts';
import { redisServer } from './redis.ts';

export type DevDatabasesOptions = {
  /** Where the data stays between runs. Left out: a temporary folder that goes with the engines. */
  dataDir?: string;
  env?: NodeJS.ProcessEnv;
  /** Receives a line before a step that takes its time, such as a download. */
  log?: (line: string) => void;
  /** Called when an engine ends for good without having been stopped. */
  onLost?: (name: string) => void;
};

export type DevDatabases = { mongodbUri: string; redisUrl: string; stop(): Promise<void> };

/**
 * Starts mongod (a single-node replica set) and redis-server, or uses those that MONGODB_URI and REDIS_URL name.
 * The engines end with this process, whichever way it dies. With a `dataDir` they are shared: whoever starts engines
 * on the same folder meanwhile gets the same ones, and the last to stop ends them.
 */
export async function startDatabases(options: DevDatabasesOptions = {}): Promise<DevDatabases> {
  const { env = process.env } = options;
  const running: RunningEngine[] = [];
  const start = async (engine: Engine): Promise<string> => {
    const started = await run(engine, options);
    running.push(started);
    return started.uri;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((engine) => engine.stop()));
  };
  const [mongodbUri, redisUrl] = await Promise.allSettled([
    env['MONGODB_URI'] ? checkMongodb(env['MONGODB_URI']) : start(mongod(env, options)),
    env['REDIS_URL'] ? checkRedis(env['REDIS_URL']) : start(redisServer(env, options)),
  ]);
  if (mongodbUri.status === 'fulfilled' && redisUrl.status === 'fulfilled') {
    return { mongodbUri: mongodbUri.value, redisUrl: redisUrl.value, stop };
  }
  await stop();
  throw mongodbUri.status === 'rejected' ? mongodbUri.reason : (redisUrl as PromiseRejectedResult).reason;
}

async function run(engine: Engine, { dataDir, onLost }: DevDatabasesOptions): Promise<RunningEngine> {
  const lost = onLost && { onLost };
  if (dataDir === undefined) return runTemporary(engine, lost);
  const dir = join(dataDir, engine.name);
  await mkdir(dir, { recursive: true });
  return runEngine(engine, { dir, dataDir, ...lost });
}
