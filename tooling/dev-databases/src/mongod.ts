import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { DevDatabasesError } from './errors.ts';
import { findMongod } from './programs/index.ts';
import type { DatabaseKind } from './server.ts';

const replicaSetName = 'plinth';
const alreadyInitializedCode = 23;
const readyWithinMs = 60_000;
const sharedWithinMs = 1000;

/** A replica set of one node, because transactions and change streams need one. */
export const mongod: DatabaseKind = {
  name: 'mongod',
  find: findMongod,
  toUri: (port) => toUri([port]),
  toArgs: ({ dir, port, isTemporary }) => {
    const parameters = [
      // A process that is killed during a transaction locks its documents this long; the default is a minute.
      'transactionLifetimeLimitSeconds=5',
      'diagnosticDataCollectionEnabled=false',
      'shutdownTimeoutMillisForSignaledShutdown=500',
      // Tests make the server fail on purpose.
      ...(isTemporary ? ['enableTestCommands=1'] : []),
    ];
    const server = ['--dbpath', dir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket', '--quiet'];
    const storage = ['--replSet', replicaSetName, '--oplogSize', '512', '--wiredTigerCacheSizeGB', '0.5'];
    return [...server, ...storage, ...parameters.flatMap((parameter) => ['--setParameter', parameter])];
  },
  ready: /"Waiting for connections"/i,
  prepare: async (port) => {
    await initiate([port]);
    // The driver looks for a primary twice a second only.
    await poll('has no primary', async () => (await runOnNode(port, { hello: 1 }))['isWritablePrimary'] || undefined);
  },
  readDir: async (port) => {
    const { parsed } = await runCommand(toUri([port]), { getCmdLineOpts: 1 }, sharedWithinMs);
    return parsed.storage.dbPath;
  },
};

export const toUri = (ports: readonly number[]): string =>
  `mongodb://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/?replicaSet=${replicaSetName}`;

/** Runs a command on the primary of a replica set, or on the server of another URI, once there is one. */
export async function runCommand(uri: string, command: Document, serverSelectionTimeoutMS: number): Promise<Document> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS });
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}

const runOnNode = (port: number, command: Document): Promise<Document> =>
  runCommand(`mongodb://127.0.0.1:${port}/?directConnection=true`, command, readyWithinMs);

/** Makes the nodes a replica set. Its data may have another port. */
export async function initiate(ports: readonly number[], settings: Document = {}): Promise<void> {
  const run = (command: Document) => runOnNode(ports[0] as number, command);
  const members = ports.map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }));
  try {
    await run({ replSetInitiate: { _id: replicaSetName, members, settings } });
  } catch (error) {
    if ((error as { code?: number }).code !== alreadyInitializedCode) throw error;
    const { config } = await run({ replSetGetConfig: 1 });
    if (config.members[0].host === members[0]?.host) return;
    const version = config.version + 1;
    await run({ replSetReconfig: { ...config, version, members }, force: true });
  }
}

/** Resolves with the first defined result. */
export async function poll<T>(failure: string, read: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await sleep(20)) {
    const result = await read().catch(() => undefined);
    if (result !== undefined) return result;
  }
  throw new DevDatabasesError(`The replica set ${failure} after ${readyWithinMs / 1000} s.`);
}
