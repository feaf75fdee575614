import { realpath } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkMongodb, checkRedis } from './check-uri.ts';
import { type DatabaseKind, launch, readPort } from './launch.ts';
import { mongod } from './mongod.ts';
import { isFree } from './port.ts';
import type { FindOptions } from './programs/find.ts';
import { redis } from './redis.ts';

export type DevDatabasesOptions = Partial<FindOptions> & {
  /** The folder in which data stays; by default a temporary one. */
  dataDir?: string;
  /** For short commands: a process that starts meanwhile waits for their end, because it would outlive these databases. */
  isExclusive?: boolean;
  /** Called when a database ends that was not stopped. */
  onLost?: (name: string) => void;
};

export type DevDatabases = { mongodbUri: string; redisUrl: string; stop(): Promise<void> };

type Running = { uri: string; isShared?: boolean; close(): Promise<void> };

const SHARE_MS = 250;
/** Longer than a short command takes. */
const SHARE_ATTEMPTS = 120;

/**
 * Starts mongod, as a replica set of one node, and redis-server, or uses those of MONGODB_URI and REDIS_URL. They end with
 * this process, in whatever way it ends. Processes with the same `dataDir` share the databases of the first one.
 */
export async function startDatabases({ env = process.env, ...rest }: DevDatabasesOptions = {}): Promise<DevDatabases> {
  const options = { env, ...rest };
  const { MONGODB_URI, REDIS_URL } = env;
  const mongodb = MONGODB_URI ? await checkMongodb(MONGODB_URI) : await start(mongod, options);
  try {
    // Afterwards, because the lock of mongod on its folder is the lock for both.
    const isShared = 'isShared' in mongodb;
    const cache = REDIS_URL ? await checkRedis(REDIS_URL) : await start(redis, options, isShared);
    const stop = async (): Promise<void> => void (await Promise.all([mongodb.close(), cache.close()]));
    return { mongodbUri: mongodb.uri, redisUrl: cache.uri, stop };
  } catch (error) {
    await mongodb.close();
    throw error;
  }
}

type StartOptions = DevDatabasesOptions & FindOptions;

async function start(kind: DatabaseKind, options: StartOptions, waitsForShared = false): Promise<Running> {
  const { env, log, dataDir, isExclusive, onLost } = options;
  let isWanted = false;
  const onExit = (): void => {
    if (isWanted) onLost?.(kind.name);
  };
  const run = async (): Promise<Running> => {
    if (dataDir === undefined) return launch(kind, { env, log, onExit });
    const dir = join(dataDir, kind.name);
    for (let attempt = 1; ; attempt += 1) {
      const shared = await findShared(kind, dir, onExit);
      if (shared !== undefined) return shared;
      if (!waitsForShared || attempt === SHARE_ATTEMPTS) {
        try {
          return await launch(kind, { env, log, dir, isExclusive, onExit });
        } catch (error) {
          // Another process has the lock and is starting the server.
          if (attempt >= SHARE_ATTEMPTS || !/DBPathInUse|already running/.test(String(error))) throw error;
          if (attempt === 4) log?.('Waiting for another command that uses the same databases…');
        }
      }
      await sleep(SHARE_MS);
    }
  };
  const running = await run();
  isWanted = true;
  const close = (): Promise<void> => {
    isWanted = false;
    return running.close();
  };
  return { ...running, close };
}

/** Returns the running server of the folder. A connection that is kept reports its end. */
async function findShared(kind: DatabaseKind, dir: string, onExit: () => void): Promise<Running | undefined> {
  const port = await readPort(dir);
  // The driver of MongoDB would try for a second to connect to a port at which nothing listens.
  const isOpen = port > 0 && !(await isFree(port));
  const served = isOpen ? await kind.readDir(port).catch(() => undefined) : undefined;
  // Redis resolves symbolic links.
  if (served === undefined || (await realpath(served)) !== (await realpath(dir))) return undefined;
  const socket = net.connect(port, '127.0.0.1').unref();
  socket.on('error', () => {}).on('close', onExit);
  return { uri: kind.toUri(port), isShared: true, close: async () => void socket.destroy() };
}
