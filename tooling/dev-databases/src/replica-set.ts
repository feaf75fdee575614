import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { type Engine, type RunningEngine, runTemporary } from './engine.ts';
import { DevDatabasesError } from './errors.ts';
import { mongodNode, REPLICA_SET } from './mongod.ts';

/** A node as it was when it was looked at: started again, it has another pid. */
export type ReplicaNode = { readonly port: number; readonly pid: number };

export type ReplicaSet = {
  readonly uri: string;
  /** The node that takes the writes now; waits for one. */
  getPrimary(): Promise<ReplicaNode>;
  /** Resolves when all nodes are up and follow the primary. */
  waitUntilHealthy(): Promise<void>;
  close(): Promise<void>;
};

export type ReplicaSetOptions = {
  env?: NodeJS.ProcessEnv;
  /** Receives a line before a step that takes its time, such as a download. */
  log?: (line: string) => void;
};

const NODES = 3;
const PRIMARY = 1;
const SECONDARY = 2;
/** Faster than by default, where a primary that hangs is replaced after 10 seconds and caught up with for as long. */
const SETTINGS = {
  electionTimeoutMillis: 2000,
  heartbeatIntervalMillis: 500,
  heartbeatTimeoutSecs: 1,
  catchUpTimeoutMillis: 2000,
};
const ASK_MS = 1000;
const POLL_MS = 50;
const PATIENCE_MS = 60_000;
/** Tests that end nodes on purpose do so often. */
const RESTARTS_PER_MINUTE = 60;

/**
 * Starts a replica set of three nodes that are alike, for tests that end them: a node that dies is started again after
 * a second, on its port and its data. The nodes and their data go with this process, whichever way it dies.
 */
export async function startReplicaSet(options: ReplicaSetOptions = {}): Promise<ReplicaSet> {
  const engine = nodeOf(options);
  const started = await Promise.allSettled(Array.from({ length: NODES }, () => runTemporary(engine)));
  const running = started.flatMap((node) => (node.status === 'fulfilled' ? [node.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((node) => node.stop()));
  };
  try {
    for (const node of started) if (node.status === 'rejected') throw node.reason;
    return await initiate(running, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function nodeOf({ env = process.env, ...options }: ReplicaSetOptions): Engine {
  // A node that is told to end refuses new work for this long first; the default is 15 seconds.
  const setParameters = ['shutdownTimeoutMillisForSignaledShutdown=500'];
  return {
    ...mongodNode(env, { ...options, oplogMb: 64, cacheGb: 0.25, setParameters }),
    restartsPerMinute: RESTARTS_PER_MINUTE,
  };
}

async function initiate(running: readonly RunningEngine[], stop: () => Promise<void>): Promise<ReplicaSet> {
  const ports = running.map(({ uri }) => Number(new URL(uri).port));
  const hosts = ports.map((port) => `127.0.0.1:${port}`);
  const members = hosts.map((host, _id) => ({ _id, host }));
  await ask(ports[0] as number, { replSetInitiate: { _id: REPLICA_SET, members, settings: SETTINGS } });
  const set: ReplicaSet = {
    uri: `mongodb://${hosts.join(',')}/?replicaSet=${REPLICA_SET}`,
    getPrimary: () => until('had no primary', () => primaryAmong(ports)),
    waitUntilHealthy: () => until('was not whole', () => isWhole(ports)).then(() => undefined),
    close: stop,
  };
  await set.waitUntilHealthy();
  return set;
}

async function ask(port: number, command: Document): Promise<Document> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: ASK_MS,
    connectTimeoutMS: ASK_MS,
    socketTimeoutMS: ASK_MS,
  });
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}

type Hello = { readonly port: number; readonly answer: Document };

/** What each node says of itself; those that do not answer say nothing. */
async function hellos(ports: readonly number[]): Promise<Hello[]> {
  const asked = await Promise.allSettled(ports.map(async (port) => ({ port, answer: await ask(port, { hello: 1 }) })));
  return asked.flatMap((hello) => (hello.status === 'fulfilled' ? [hello.value] : []));
}

/** A primary that was stopped and goes on may not know yet that there is a later one. */
async function primaryAmong(ports: readonly number[]): Promise<ReplicaNode | undefined> {
  const primaries = (await hellos(ports)).filter(({ answer }) => answer['isWritablePrimary']);
  const [latest] = primaries.toSorted((a, b) => electionOf(b).localeCompare(electionOf(a)));
  if (latest === undefined) return undefined;
  const status = await ask(latest.port, { serverStatus: 1 }).catch(() => undefined);
  return status && { port: latest.port, pid: Number(status['pid']) };
}

const electionOf = ({ answer }: Hello): string => String(answer['electionId']);

/** A follower that has nothing of the primary's term has not found it yet. */
async function isWhole(ports: readonly number[]): Promise<true | undefined> {
  const primary = await primaryAmong(ports);
  const status = primary && (await ask(primary.port, { replSetGetStatus: 1 }).catch(() => undefined));
  if (status === undefined) return undefined;
  const members = status['members'] as { state: number; health: number; optime: { t: unknown } }[];
  const inStep = members.filter(({ state, health, optime }) => {
    return health === 1 && (state === PRIMARY || state === SECONDARY) && String(optime.t) === String(status['term']);
  });
  return inStep.length === ports.length ? true : undefined;
}

async function until<T>(failure: string, probe: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline)
      throw new DevDatabasesError(`The replica set ${failure} within ${PATIENCE_MS / 1000} s.`);
    await sleep(POLL_MS);
  }
}
