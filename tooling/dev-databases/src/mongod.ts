import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient, MongoNetworkError } from 'mongodb';
import { findMongod } from './programs/index.ts';
import type { DatabaseKind } from './server.ts';

const replicaSetName = 'plinth';
const userName = 'plinth';
/** Error codes of MongoDB. */
const [unauthorized, authenticationFailed, alreadyInitialized] = [13, 18, 23];
const readyWithinMs = 60_000;
const sharedWithinMs = 1000;

/** A replica set of one node, because transactions and change streams need one. */
export const mongod: DatabaseKind = {
  name: 'mongod',
  find: findMongod,
  toUri: (port, password) => toUri([port], password),
  // Members of a replica set authenticate each other with it, and clients need a user.
  toPasswordFile: (password) => password,
  toArgs: ({ dir, port, isTemporary, passwordFile }) => {
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
    const auth = passwordFile === undefined ? [] : ['--keyFile', passwordFile];
    return [...server, ...storage, ...auth, ...parameters.flatMap((parameter) => ['--setParameter', parameter])];
  },
  ready: /"Waiting for connections"/i,
  prepare: async (port, { password, isVolatile = false }) => {
    // Without it, dropping a database waits for the next flush of the journal, up to 100 ms. Commits of Plinth name the journal.
    const config = isVolatile ? { writeConcernMajorityJournalDefault: false } : {};
    await initiate([port], { config, password });
    // The driver looks for a primary twice a second only.
    await poll('has no primary', async () => (await runOnNode(port, { hello: 1 }))['isWritablePrimary'] || undefined);
    if (password !== undefined) await createUser(port, password);
  },
  readDir: async (port, password) => {
    const { parsed } = await runCommand(toUri([port], password), { getCmdLineOpts: 1 }, sharedWithinMs);
    return parsed.storage.dbPath;
  },
};

export function toUri(ports: readonly number[], password?: string, query = `replicaSet=${replicaSetName}`): string {
  const user = password === undefined ? '' : `${userName}:${password}@`;
  return `mongodb://${user}${ports.map((port) => `127.0.0.1:${port}`).join(',')}/?${query}`;
}

/** Runs a command on the primary of a replica set, or on the server of another URI, once there is one. */
export async function runCommand(uri: string, command: Document, serverSelectionTimeoutMS: number): Promise<Document> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS });
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}

const attemptsMax = 5;

/** Runs a command of the preparation on a node, again when its connection is closed: a node that gets another role closes all. */
async function runOnNode(port: number, command: Document, password?: string): Promise<Document> {
  const uri = toUri([port], password, 'directConnection=true');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runCommand(uri, command, readyWithinMs);
    } catch (error) {
      if (attempt === attemptsMax || !(error instanceof MongoNetworkError)) throw error;
    }
  }
}

const hasCode = (error: unknown, code: number): boolean => (error as { code?: number }).code === code;

/** Until there is a user, mongod lets connections of this machine without one initiate the replica set and create the first. */
async function createUser(port: number, password: string): Promise<void> {
  await runOnNode(port, { createUser: userName, pwd: password, roles: ['root'] }).catch((error: unknown) => {
    if (!hasCode(error, unauthorized)) throw error;
  });
}

type InitiateOptions = { config?: Document; password?: string | undefined };

/** Makes the nodes a replica set. Its data may have another port. */
export async function initiate(ports: readonly number[], { config = {}, password }: InitiateOptions): Promise<void> {
  const members = ports.map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }));
  const run = (command: Document, ...credentials: [string?]) => runOnNode(ports[0] as number, command, ...credentials);
  try {
    await run({ replSetInitiate: { _id: replicaSetName, members, ...config } });
  } catch (error) {
    const hasUser = hasCode(error, unauthorized);
    if (!hasUser && !hasCode(error, alreadyInitialized)) throw error;
    const current = await readConfig(ports[0] as number, hasUser ? password : undefined);
    if (current?.['members'][0].host === members[0]?.host) return;
    const next = {
      ...current,
      _id: replicaSetName,
      version: (current?.['version'] ?? 0) + 1,
      protocolVersion: 1,
      members,
    };
    await run({ replSetReconfig: next, force: true }, hasUser ? password : undefined);
  }
}

/** Resolves with undefined for data of a version without passwords, which only a user may read. */
async function readConfig(port: number, password: string | undefined): Promise<Document | undefined> {
  try {
    return (await runOnNode(port, { replSetGetConfig: 1 }, password))['config'];
  } catch (error) {
    if (hasCode(error, unauthorized)) return undefined;
    if (!hasCode(error, authenticationFailed)) throw error;
    throw new Error('its data has another password: delete the folder, and the next start creates new data');
  }
}

/** Resolves with the first defined result. */
export async function poll<T>(failure: string, read: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await sleep(20)) {
    const result = await read().catch(() => undefined);
    if (result !== undefined) return result;
  }
  throw new Error(`The replica set ${failure} after ${readyWithinMs / 1000} s.`);
}
