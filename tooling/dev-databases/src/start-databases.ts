import { randomBytes } from 'node:crypto';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mongod } from './mongod.ts';
import { createPrivateFile } from './private-file.ts';
import type { FindOptions } from './programs/find.ts';
import { redis } from './redis.ts';
import { type DatabaseKind, launch } from './server.ts';

export type DevDatabasesOptions = Partial<FindOptions> & {
  /** The folder in which data stays; by default a temporary one. */
  dataDir?: string;
  /** Temporary data is kept in memory where there is room: for tests, not for benchmarks. */
  isVolatile?: boolean;
  /** Called when a database ends without having been stopped. */
  onLost?: (name: string) => void;
};

export type DevDatabases = { mongodbUri: string; redisUrl: string; stop(): Promise<void> };

type Running = { uri: string; isShared?: boolean; close(): Promise<void> };
type Listening = Running & { port: number };

const sharePollMs = 250;
/** Longer than a short command takes. */
const shareAttemptsMax = 120;

/**
 * Starts mongod, as a replica set of one node, and redis-server, or uses those of MONGODB_URI and REDIS_URL. Started ones end with
 * this process, however it ends. Processes with the same `dataDir` share the databases of the first one, which require the
 * password that was generated for the folder.
 */
export async function startDatabases({ env = process.env, ...rest }: DevDatabasesOptions = {}): Promise<DevDatabases> {
  const options = { env, ...rest };
  const { MONGODB_URI, REDIS_URL } = env;
  const mongodb = MONGODB_URI ? toExternal(MONGODB_URI) : await start(mongod, options);
  try {
    // Redis starts second, because the lock of mongod on its folder is the lock for both.
    const cache = REDIS_URL ? toExternal(REDIS_URL) : await start(redis, options, mongodb.isShared);
    const stop = async (): Promise<void> => void (await Promise.all([mongodb.close(), cache.close()]));
    return { mongodbUri: mongodb.uri, redisUrl: cache.uri, stop };
  } catch (error) {
    await mongodb.close();
    throw error;
  }
}

const toExternal = (uri: string): Running => ({ uri, close: async () => {} });

type StartOptions = DevDatabasesOptions & FindOptions;

async function start(kind: DatabaseKind, options: StartOptions, waitsForShared = false): Promise<Running> {
  const { env, log, dataDir, isVolatile, onLost } = options;
  const server: Listening = await (dataDir === undefined
    ? launch(kind, { env, log, isVolatile })
    : launchOrShare(kind, { ...options, dataDir, waitsForShared }));
  // This connection closes when the server ends.
  const connection = await connect(server.port);
  connection?.once('close', () => onLost?.(kind.name));
  const close = (): Promise<void> => {
    connection?.removeAllListeners('close').destroy();
    return server.close();
  };
  return { ...server, close };
}

type ShareOptions = StartOptions & { dataDir: string; waitsForShared: boolean };

/** Shares the running server of the folder, or launches one. */
async function launchOrShare(kind: DatabaseKind, options: ShareOptions): Promise<Listening> {
  const { env, log, dataDir, waitsForShared } = options;
  const dir = join(dataDir, kind.name);
  const password = await readPassword(dataDir);
  for (let attempt = 1; ; attempt += 1) {
    // The port of the last start, so that URIs in other tools stay valid.
    const port = await readPort(dir);
    if (await servesFolder(kind, port, { dir, password })) {
      return { uri: kind.toUri(port, password), port, isShared: true, close: async () => {} };
    }
    try {
      if (!waitsForShared || attempt === shareAttemptsMax) {
        const server = await launch(kind, { env, log, dir, password, port });
        await writeFile(join(dir, 'port'), String(server.port));
        return server;
      }
    } catch (error) {
      // Another process has the lock and is starting the server.
      if (attempt >= shareAttemptsMax || !/DBPathInUse|already running/.test(String(error))) throw error;
      if (attempt === 4) log?.('Waiting for another command that uses the same databases…');
    }
    await sleep(sharePollMs);
  }
}

/** The password of databases whose data stays. */
async function readPassword(dataDir: string): Promise<string> {
  const path = join(dataDir, 'database-password');
  await createPrivateFile(path, () => randomBytes(32).toString('hex'));
  return readFile(path, 'utf8');
}

/** Returns the port of the last start, or 0. */
async function readPort(dir: string): Promise<number> {
  const port = Number(await readFile(join(dir, 'port'), 'utf8').catch(() => ''));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}

type Protected = { dir: string; password: string };

async function servesFolder(kind: DatabaseKind, port: number, { dir, password }: Protected): Promise<boolean> {
  // The driver of MongoDB would try for a second to connect to a port at which nothing listens.
  const connection = await connect(port);
  connection?.destroy();
  const served = connection && (await kind.readDir(port, password).catch(() => undefined));
  // Redis resolves symbolic links.
  return served !== undefined && (await realpath(served)) === (await realpath(dir));
}

/** Resolves with undefined when nothing listens at the port. */
function connect(port: number): Promise<net.Socket | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket.unref()));
    socket.on('error', () => resolve(undefined));
  });
}
