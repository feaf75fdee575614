import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { MongoMemoryServer } from 'mongodb-memory-server-core';
import { DevDatabasesError } from './errors.ts';
import type { DatabaseKind, DatabaseProcess, StartOptions } from './launch.ts';
import { findMongod } from './programs/index.ts';

const REPLICA_SET = 'plinth';
const ALREADY_INITIALIZED = 23;
const READY_MS = 60_000;
const SHARED_MS = 1000;

const toArgs = (isTemporary: boolean): string[] => {
  const parameters = [
    // A process that is killed during a transaction locks its documents this long; the default is a minute.
    'transactionLifetimeLimitSeconds=5',
    'diagnosticDataCollectionEnabled=false',
    'shutdownTimeoutMillisForSignaledShutdown=500',
    // Tests make the server fail on purpose.
    ...(isTemporary ? ['enableTestCommands=1'] : []),
  ];
  const options = ['--nounixsocket', '--quiet', '--wiredTigerCacheSizeGB', '0.5'];
  return [...options, ...parameters.flatMap((parameter) => ['--setParameter', parameter])];
};

/** A replica set of one node, because transactions and change streams need one. */
export const mongod: DatabaseKind = {
  name: 'mongod',
  find: findMongod,
  toUri: (port) => toUri([port]),
  readDir: async (port) => {
    const { parsed } = await runCommand(port, { getCmdLineOpts: 1 }, SHARED_MS);
    await waitForPrimary(port);
    return parsed.storage.dbPath;
  },
  start: async (options) => {
    const node = await startNode({ ...options, args: ['--oplogSize', '512', ...options.args] });
    await initiate([options.port]);
    await waitForPrimary(options.port);
    return {
      ...node,
      get pid() {
        return node.pid;
      },
      restart: async () => {
        await node.restart();
        await waitForPrimary(options.port);
      },
    };
  },
};

export const toUri = (ports: readonly number[]): string =>
  `mongodb://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/?replicaSet=${REPLICA_SET}`;

/** Starts a node that is not a member of a replica set yet, unless its data says so. */
export async function startNode(options: StartOptions): Promise<DatabaseProcess> {
  const { program, dir, port, args, isTemporary, log, guard, onExit } = options;
  // The binary that was found is used, whatever its version.
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] = 'false';
  const server = await MongoMemoryServer.create({
    binary: { systemBinary: program },
    instance: {
      dbPath: dir,
      port,
      portGeneration: false,
      replSet: REPLICA_SET,
      storageEngine: 'wiredTiger',
      launchTimeout: READY_MS,
      args: [...toArgs(isTemporary), ...args],
    },
    // Ctrl-C must not reach it before the service has drained.
    spawn: { detached: true },
  });
  let pid = 0;
  const watch = (): void => {
    const process = server.instanceInfo?.instance.mongodProcess;
    if (process?.pid === undefined) throw new Error('it ended at its start');
    const startedPid = process.pid;
    pid = startedPid;
    guard.add(startedPid);
    process.stdout?.on('data', (chunk: Buffer) => void log.write(chunk));
    process.once('exit', () => {
      guard.remove(startedPid);
      onExit?.();
    });
  };
  watch();
  return {
    get pid() {
      return pid;
    },
    stop: async (kill = false) => {
      const process = server.instanceInfo?.instance.mongodProcess;
      if (kill && process?.kill('SIGKILL')) await once(process, 'close');
      await server.stop({ doCleanup: false });
    },
    restart: async () => {
      await server.stop({ doCleanup: false });
      await server.start(true);
      watch();
    },
  };
}

/** Runs a command on one node. */
export async function runCommand(port: number, command: Document, timeoutMs = 10_000): Promise<Document> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: timeoutMs,
  });
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}

/** Makes the nodes a replica set. Its data may have another port. */
export async function initiate(ports: readonly number[], settings: Document = {}): Promise<void> {
  const port = ports[0] as number;
  const members = ports.map((memberPort, _id) => ({ _id, host: `127.0.0.1:${memberPort}` }));
  try {
    await runCommand(port, { replSetInitiate: { _id: REPLICA_SET, members, settings } });
  } catch (error) {
    if ((error as { code?: number }).code !== ALREADY_INITIALIZED) throw error;
    const { config } = await runCommand(port, { replSetGetConfig: 1 });
    if (config.members[0].host === members[0]?.host) return;
    await runCommand(port, { replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
  }
}

async function waitForPrimary(port: number): Promise<void> {
  const isPrimary = async () => (await runCommand(port, { hello: 1 }))['isWritablePrimary'] || undefined;
  await poll('has no primary', isPrimary);
}

/** Resolves with the first defined result. */
export async function poll<T>(failure: string, read: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(20)) {
    const result = await read();
    if (result !== undefined) return result;
  }
  throw new DevDatabasesError(`The replica set ${failure} after ${READY_MS / 1000} s.`);
}
