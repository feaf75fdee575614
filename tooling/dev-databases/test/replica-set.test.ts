import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { startReplicaSet } from '../src/index.ts';
import { exists, inspectMongod, waitUntilDead, withMongo } from './helpers.ts';

const ownerScript = fileURLToPath(new URL('./fixtures/replica-set-owner.ts', import.meta.url));

/** Reads process and folder from each node. */
function inspect(uri: string): Promise<{ pid: number; dbPath: string }[]> {
  const hosts = /^mongodb:\/\/([^/]+)/.exec(uri)?.[1]?.split(',') ?? [];
  return Promise.all(hosts.map((host) => inspectMongod(`mongodb://${host}/?directConnection=true`)));
}

describe.concurrent('a replica set', () => {
  it('keeps what a majority has when its primary hangs, and when it is killed', async ({ expect, onTestFinished }) => {
    const set = await startReplicaSet();
    onTestFinished(() => set.close());
    await withMongo(set.uri, (client) => client.db('plinth_test').collection('rows').insertOne({ n: 1 }));
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      const before = await set.getPrimary();
      process.kill(before.pid, signal);
      // A signal takes effect soon after the call.
      await expect.poll(async () => (await set.getPrimary()).port).not.toBe(before.port);
      if (signal === 'SIGSTOP') process.kill(before.pid, 'SIGCONT');
      await set.waitUntilHealthy();
      expect(await inspect(set.uri)).toHaveLength(3);
      await withMongo(set.uri, async (client) => {
        expect(await client.db('plinth_test').collection('rows').countDocuments()).toBe(1);
        const limit = await client.db('admin').command({ getParameter: 1, transactionLifetimeLimitSeconds: 1 });
        expect(limit['transactionLifetimeLimitSeconds']).toBe(5);
      });
    }
  });

  it('ends and deletes its data, even when its owner is killed while a node is stopped', async ({ expect }) => {
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
