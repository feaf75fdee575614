import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Document } from 'mongodb';
import { createGuard } from './guard/index.mjs';
import type { DatabaseProcess } from './launch.ts';
import { initiate, poll, runCommand, startNode, toUri } from './mongod.ts';
import { getFreePort } from './port.ts';
import { findMongod } from './programs/index.ts';

/** A node at the time of the call: after a restart it has another pid. */
export type ReplicaNode = { readonly port: number; readonly pid: number };

export type ReplicaSet = {
  readonly uri: string;
  /** Waits for a primary. */
  getPrimary(): Promise<ReplicaNode>;
  /** Returns the nodes that follow the primary. While they are stopped, no write has a majority. */
  getSecondaries(): Promise<ReplicaNode[]>;
  /** Resolves when all nodes run and follow the primary. */
  waitUntilHealthy(): Promise<void>;
  close(): Promise<void>;
};

const NODES = 3;
const PRIMARY = 1;
const SECONDARY = 2;
const RESTART_MS = 1000;
const TIMEOUT_MS = 1000;
/** By default a primary that hangs is replaced after 10 seconds, and the new one catches up for as long. */
const settings = {
  electionTimeoutMillis: 2000,
  heartbeatIntervalMillis: 500,
  heartbeatTimeoutSecs: 1,
  catchUpTimeoutMillis: 2000,
};

/**
 * Starts a replica set of three equal nodes for tests of failover. A node that ends is started again after a second, on its
 * data and at its port. Nodes and data are removed when this process ends.
 */
export async function startReplicaSet(): Promise<ReplicaSet> {
  const program = await findMongod({ env: process.env });
  const folder = await mkdtemp(join(tmpdir(), 'plinth-replica-set-'));
  const guard = createGuard({ graceMs: 0, folder });
  const nodes: DatabaseProcess[] = [];
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all(nodes.map((node) => node.stop(true)));
    await guard.end();
  };
  const start = async (port: number): Promise<void> => {
    const dir = join(folder, String(port));
    await mkdir(dir);
    const restart = async (): Promise<void> => {
      await sleep(RESTART_MS);
      // A node that is ended while it starts is started again.
      if (!isClosed) await node.restart().catch(restart);
    };
    const args = ['--oplogSize', '64'];
    const log = createWriteStream(join(dir, 'log'));
    const options = { program, dir, port, args, isTemporary: true, log, guard };
    const node = await startNode({ ...options, onExit: () => void restart() });
    nodes.push(node);
  };
  try {
    const ports = await Promise.all(Array.from({ length: NODES }, () => getFreePort()));
    await Promise.all(ports.map(start));
    await initiate(ports, settings);
    const set: ReplicaSet = {
      uri: toUri(ports),
      getPrimary: () => poll('has no primary', () => findPrimary(ports)),
      getSecondaries: async () => {
        const { port: primary } = await set.getPrimary();
        return Promise.all(ports.filter((port) => port !== primary).map(readNode));
      },
      waitUntilHealthy: async () => void (await poll('is not healthy', () => isHealthy(ports))),
      close,
    };
    await set.waitUntilHealthy();
    return set;
  } catch (error) {
    await close();
    throw error;
  }
}

/** A primary that was paused may not know yet that there is a later one. */
async function findPrimary(ports: readonly number[]): Promise<ReplicaNode | undefined> {
  const replies = await Promise.allSettled(
    ports.map(async (port) => ({ port, hello: await runCommand(port, { hello: 1 }, TIMEOUT_MS) })),
  );
  const [latest] = replies
    .flatMap((reply) => (reply.status === 'fulfilled' ? [reply.value] : []))
    .filter(({ hello }) => hello['isWritablePrimary'])
    .toSorted((a, b) => String(b.hello['electionId']).localeCompare(String(a.hello['electionId'])));
  return latest && readNode(latest.port).catch(() => undefined);
}

async function readNode(port: number): Promise<ReplicaNode> {
  const { pid } = await runCommand(port, { serverStatus: 1 }, TIMEOUT_MS);
  return { port, pid: Number(pid) };
}

/** A node whose optime is of an earlier term does not follow the primary yet. */
async function isHealthy(ports: readonly number[]): Promise<true | undefined> {
  const primary = await findPrimary(ports);
  const command = { replSetGetStatus: 1 };
  const status = primary && (await runCommand(primary.port, command, TIMEOUT_MS).catch(() => undefined));
  const members: Document[] = status?.['members'] ?? [];
  const following = members.filter(({ state, health, optime }) => {
    return health === 1 && (state === PRIMARY || state === SECONDARY) && String(optime.t) === String(status?.['term']);
  });
  return following.length === ports.length ? true : undefined;
}
