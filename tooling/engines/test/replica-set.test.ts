import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startReplicaSet } from '../src/index.ts';
import { untilDead } from './helpers.ts';

const OWNER = fileURLToPath(new URL('./fixtures/replica-set-owner.ts', import.meta.url));

async function withMongo<T>(uri: string, body: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri);
  try {
    return await body(client);
  } finally {
    await client.close();
  }
}

/** What each node says when it is asked by itself. */
function inspect(uri: string): Promise<{ pid: number; dbPath: string }[]> {
  const hosts = /^mongodb:\/\/([^/]+)/.exec(uri)?.[1]?.split(',') ?? [];
  const inspectNode = (host: string) =>
    withMongo(`mongodb://${host}/?directConnection=true`, async (client) => {
      const admin = client.db('admin');
      const { pid } = await admin.command({ serverStatus: 1 });
      const { parsed } = await admin.command({ getCmdLineOpts: 1 });
      return { pid: Number(pid), dbPath: String(parsed.storage.dbPath) };
    });
  return Promise.all(hosts.map(inspectNode));
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('a replica set', () => {
  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'keeps what a majority has when %s meets its primary',
    async (signal) => {
      const set = await startReplicaSet();
      onTestFinished(() => set.stop());
      const before = await set.primary();
      await withMongo(set.uri, (client) => client.db('plinth_test').collection('rows').insertOne({ n: 1 }));
      process.kill(before.pid, signal);
      const after = await set.primary();
      expect(after.port).not.toBe(before.port);
      if (signal === 'SIGSTOP') process.kill(before.pid, 'SIGCONT');
      await set.whole();
      expect(await inspect(set.uri)).toHaveLength(3);
      await withMongo(set.uri, async (client) => {
        expect(await client.db('plinth_test').collection('rows').countDocuments()).toBe(1);
        const limit = await client.db('admin').command({ getParameter: 1, transactionLifetimeLimitSeconds: 1 });
        expect(limit['transactionLifetimeLimitSeconds']).toBe(5);
      });
    },
    60_000,
  );

  it('ends, and its data goes, also when its owner is killed while a node is stopped', async () => {
    const owner = spawn(process.execPath, [OWNER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const nodes = await inspect(line.toString().trim());
    process.kill(nodes[0]?.pid as number, 'SIGSTOP');
    owner.kill('SIGKILL');
    expect(await untilDead(nodes.map(({ pid }) => pid))).toEqual([]);
    const left = async (): Promise<string[]> => {
      const paths = await Promise.all(nodes.map(async ({ dbPath }) => ((await exists(dbPath)) ? [dbPath] : [])));
      return paths.flat();
    };
    await expect.poll(left, { timeout: 8000 }).toEqual([]);
  });
});
