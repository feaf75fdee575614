import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { initiate, mongod, poll, toUri } from './mongod.ts';
import { redis } from './redis.ts';
import { type LaunchOptions, launch, type Server } from './server.ts';

export type { Server as TestDatabase };

/** Starts a database of one test, with temporary data. MONGODB_URI and REDIS_URL are ignored. */
export const startTestDatabase = (
  name: 'mongod' | 'redis',
  options: Partial<Pick<LaunchOptions, 'env' | 'args'>> = {},
): Promise<Server> => launch({ mongod, redis }[name], { env: process.env, ...options });

export type ReplicaSet = Awaited<ReturnType<typeof startReplicaSet>>;

const nodeCount = 3;
const restartAfterMs = 1000;
const longElectionTimeoutMs = 600_000;
const [primaryState, secondaryState] = [1, 2];
/** By default a primary that hangs is replaced after 10 seconds, and the new one catches up for as long. */
const settings = {
  electionTimeoutMillis: 2000,
  heartbeatIntervalMillis: 500,
  heartbeatTimeoutSecs: 1,
  catchUpTimeoutMillis: 2000,
};
const timeouts = { heartbeatFrequencyMS: 500, connectTimeoutMS: 1000, socketTimeoutMS: 1000 };

/** A node whose optime is of an earlier term does not replicate from the primary yet. */
const isReplicating = ({ state, health, optime }: Document, term: unknown): boolean =>
  health === 1 && (state === primaryState || state === secondaryState) && String(optime.t) === String(term);

/**
 * Pauses both secondaries, so that no write has a majority. The primary stays primary without them for ten minutes. Returns the
 * function that resumes them.
 */
const pauseSecondaries = async (
  runOnPrimary: (command: Document) => Promise<Document>,
  secondaries: readonly Server[],
) => {
  const { config } = await runOnPrimary({ replSetGetConfig: 1 });
  const settingsWithoutElection = { ...config.settings, electionTimeoutMillis: longElectionTimeoutMs };
  await runOnPrimary({
    replSetReconfig: { ...config, version: config.version + 1, settings: settingsWithoutElection },
  });
  for (const { pid } of secondaries) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const { pid } of secondaries) process.kill(pid, 'SIGCONT');
  };
};

/**
 * Starts a replica set of three equal nodes for tests of failover. A node that ends is started again after a second, on its
 * data and at its port. Nodes and data are removed when this process ends.
 */
export async function startReplicaSet() {
  let isClosed = false;
  const startNode = async (): Promise<Server> => {
    const restart = async (): Promise<void> => {
      await sleep(restartAfterMs);
      // A node that is ended while it starts is started again.
      if (!isClosed) await node.restart().catch(restart);
    };
    const member = { ...mongod, prepare: async () => {} };
    const node = await launch(member, { env: process.env, isVolatile: true, onExit: () => void restart() });
    return node;
  };
  const nodes = await Promise.all(Array.from({ length: nodeCount }, startNode));
  const ports = nodes.map(({ port }) => port);
  // One client throughout: it remembers the latest primary, while a former primary that was paused may still regard itself as primary.
  const client = new MongoClient(toUri(ports), timeouts);
  const runOnPrimary = (command: Document) => client.db('admin').command(command);
  const close = async (): Promise<void> => {
    isClosed = true;
    await client.close();
    await Promise.all(nodes.map((node) => node.close()));
  };
  /** Waits for a primary. */
  const getPrimary = () =>
    poll('has no primary', async () => {
      const { isWritablePrimary, me } = await runOnPrimary({ hello: 1 });
      return nodes.find(({ port }) => isWritablePrimary && me === `127.0.0.1:${port}`);
    });
  const pause = async () => {
    const primary = await getPrimary();
    const secondaries = nodes.filter((node) => node !== primary);
    return pauseSecondaries(runOnPrimary, secondaries);
  };
  /** Resolves when all nodes run and replicate from the primary. */
  const waitUntilHealthy = async () => {
    await poll('is not healthy', async () => {
      const { members, term } = await runOnPrimary({ replSetGetStatus: 1 });
      return members.every((member: Document) => isReplicating(member, term)) || undefined;
    });
  };
  try {
    await initiate(ports, { config: { settings } });
    await waitUntilHealthy();
    return { uri: toUri(ports), getPrimary, pauseSecondaries: pause, waitUntilHealthy, close };
  } catch (error) {
    await close();
    throw error;
  }
}
