import { join } from 'node:path';
import { checkMongodb, checkRedis } from './check-uri.ts';
import { type DatabaseKind, launch } from './database-process.ts';
import { mongod } from './mongod.ts';
import { redis } from './redis.ts';
import { type Shared, share } from './share.ts';

export type DevDatabasesOptions = {
  /** The folder in which data stays; by default a temporary one. */
  dataDir?: string;
  env?: NodeJS.ProcessEnv;
  /** Receives a line before a step that takes long, such as a download. */
  log?: (line: string) => void;
  /** Called when a database ends that was not stopped. */
  onLost?: (name: string) => void;
};

export type DevDatabases = { mongodbUri: string; redisUrl: string; stop(): Promise<void> };

/**
 * Starts mongod, as a replica set of one node, and redis-server, or uses those of MONGODB_URI and REDIS_URL. They end with
 * this process, in whatever way it ends. Processes with the same `dataDir` share the databases of the first one.
 */
export async function startDatabases({
  env = process.env,
  ...options
}: DevDatabasesOptions = {}): Promise<DevDatabases> {
  const uris = { mongod: env['MONGODB_URI'], redis: env['REDIS_URL'] };
  const [mongodb, cache] = await Promise.allSettled([
    uris.mongod ? checkMongodb(uris.mongod) : start(mongod, { ...options, env }),
    uris.redis ? checkRedis(uris.redis) : start(redis, { ...options, env }),
  ]);
  const stop = async (): Promise<void> => {
    const started = [mongodb, cache].flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await Promise.all(started.map((database) => database.close()));
  };
  if (mongodb.status === 'fulfilled' && cache.status === 'fulfilled') {
    return { mongodbUri: mongodb.value.uri, redisUrl: cache.value.uri, stop };
  }
  await stop();
  throw mongodb.status === 'rejected' ? mongodb.reason : (cache as PromiseRejectedResult).reason;
}

type StartOptions = DevDatabasesOptions & { env: NodeJS.ProcessEnv };

function start(kind: DatabaseKind, { env, log, dataDir, onLost }: StartOptions): Promise<Shared> {
  const lose = (): void => onLost?.(kind.name);
  const startOwn = async (dir?: string): Promise<Shared> => {
    let isRunning = false;
    const { uri, close } = await launch(kind, { env, log, dir, onExit: () => isRunning && lose() });
    isRunning = true;
    return {
      uri,
      close: () => {
        isRunning = false;
        return close();
      },
    };
  };
  if (dataDir === undefined) return startOwn();
  const dir = join(dataDir, kind.name);
  return share(dir, { start: () => startOwn(dir), onLost: lose });
}
