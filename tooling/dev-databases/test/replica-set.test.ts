import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startReplicaSet } from '../src/index.ts';
import { exists, inspectMongod, waitUntilDead, withMongo } from './helpers.ts';

const ownerScript = fileURLToPath(new URL('./fixtures/replica-set-owner.ts', import.meta.url));

/** Reads process and folder from each node. */
function inspect(uri: string): Promise<{ pid: number; dbPath: string }[]> {
  const hosts = /^mongodb:\/\/([^/]+)/.exec(uri)?.[1]?.split(',') ?? [];
  return Promise.all(hosts.map((host) => inspectMongod(`mongodb://${host}/?directConnection=true`)));
}

describe('a replica set', () => {
  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'keeps what a majority has when its primary receives %s',
    async (signal) => {
      const set = await startReplicaSet();
      onTestFinished(() => set.close());
      const before = await set.getPrimary();
      await withMongo(set.uri, (client) => client.db('plinth_test').collection('rows').insertOne({ n: 1 }));
      process.kill(before.pid, signal);
      const after = await set.getPrimary();
      expect(after.port).not.toBe(before.port);
      if (signal === 'SIGSTOP') process.kill(before.pid, 'SIGCONT');
      await set.waitUntilHealthy();
      expect(await inspect(set.uri)).toHaveLength(3);
      await withMongo(set.uri, async (client) => {
        expect(await client.db('plinth_test').collection('rows').countDocuments()).toBe(1);
        const limit = await client.db('admin').command({ getParameter: 1, transactionLifetimeLimitSeconds: 1 });
        expect(limit['transactionLifetimeLimitSeconds']).toBe(5);
      });
    },
    60_000,
  );

  it('ends and deletes its data, also when its owner is killed while a node is stopped', async () => {
    const owner = spawn(process.execPath, [ownerScript], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const nodes = await inspect(line.toString().trim());
    process.kill(nodes[0]?.pid as number, 'SIGSTOP');
    owner.kill('SIGKILL');
    expect(await waitUntilDead(nodes.map(({ pid }) => pid))).toEqual([]);
    const listRemaining = async (): Promise<string[]> => {
      const paths = await Promise.all(nodes.map(async ({ dbPath }) => ((await exists(dbPath)) ? [dbPath] : [])));
      return paths.flat();
    };
    await expect.poll(listRemaining).toEqual([]);
  });
});
