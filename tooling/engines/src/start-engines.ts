import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, type RunningEngine, runEngine } from './engine.ts';
import { checkMongodb, checkRedis } from './given.ts';
import { mongod } from './mongod.ts';
import { redisServer } from './redis.ts';

export type EnginesOptions = {
  /** Where the data stays between runs. Left out: a temporary folder that goes with the engines. */
  dataDir?: string;
  env?: NodeJS.ProcessEnv;
  /** Receives a line before a step that takes its time, such as a download. */
  log?: (line: string) => void;
  /** Called when an engine ends for good without having been stopped. */
  onLost?: (name: string) => void;
};

export type Engines = { mongodbUri: string; redisUrl: string; stop(): Promise<void> };

/**
 * Starts mongod (a single-node replica set) and redis-server, or uses those that MONGODB_URI and REDIS_URL name.
 * The engines end with this process, whichever way it dies. With a `dataDir` they are shared: whoever starts engines
 * on the same folder meanwhile gets the same ones, and the last to stop ends them.
 */
export async function startEngines(options: EnginesOptions = {}): Promise<Engines> {
  const { env = process.env } = options;
  const running: RunningEngine[] = [];
  const start = async (engine: Engine): Promise<string> => {
    const dir = await dirFor(engine.name, options.dataDir);
    try {
      const started = await runEngine(engine, { dir, ...options });
      running.push(started);
      return started.uri;
    } catch (error) {
      if (options.dataDir === undefined) await rm(dir, { recursive: true, force: true });
      throw error;
    }
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

async function dirFor(name: string, dataDir: string | undefined): Promise<string> {
  if (dataDir === undefined) return mkdtemp(join(tmpdir(), `plinth-${name}-`));
  const dir = join(dataDir, name);
  await mkdir(dir, { recursive: true });
  return dir;
}
