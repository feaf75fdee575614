import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { DevDatabasesError } from './errors.ts';
import type { DatabaseKind, DatabaseProcess, StartOptions } from './launch.ts';
import { findMongod } from './programs/index.ts';
import { startServer } from './server-process.ts';

const REPLICA_SET = 'plinth';
const ALREADY_INITIALIZED = 23;
const READY_MS = 60_000;
const SHARED_MS = 1000;

const toArgs = ({ dir, port, args, isTemporary }: StartOptions): string[] => {
  const parameters = [
    // A process that is killed during a transaction locks its documents this long; the default is a minute.
    'transactionLifetimeLimitSeconds=5',
    'diagnosticDataCollectionEnabled=false',
    'shutdownTimeoutMillisForSignaledShutdown=500',
    // Tests make the server fail on purpose.
    ...(isTemporary ? ['enableTestCommands=1'] : []),
  ];
  const place = ['--dbpath', dir, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', REPLICA_SET];
  const options = ['--nounixsocket', '--quiet', '--wiredTigerCacheSizeGB', '0.5'];
  return [...place, ...options, ...parameters.flatMap((parameter) => ['--setParameter', parameter]), ...args];
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
export const startNode = (options: StartOptions): Promise<DatabaseProcess> =>
  startServer(options, { args: toArgs(options), ready: /"Waiting for connections"/i });

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
