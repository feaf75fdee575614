import { access, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { findTemporaryRoot } from '../src/temporary-root.ts';

export type OnTestFinished = (work: () => Promise<void>) => void;

/** Creates a folder that is removed after the test. */
export async function createTemporaryFolder(onTestFinished: OnTestFinished): Promise<string> {
  const folder = await mkdtemp(join(await findTemporaryRoot({ env: process.env, isVolatile: true }), 'plinth-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  return folder;
}

/** Creates an executable that prints a version for `--version`, as the databases do. */
export async function createFakeProgram(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '#!/bin/sh\necho "db version v1.2.3"\n');
  await chmod(path, 0o755);
  return path;
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export async function withMongo<T>(uri: string, body: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri);
  try {
    return await body(client);
  } finally {
    await client.close();
  }
}

/** Returns the process id and the data folder of a running mongod. */
export function inspectMongod(uri: string): Promise<{ pid: number; dbPath: string }> {
  return withMongo(uri, async (client) => {
    const admin = client.db('admin');
    const { pid } = await admin.command({ serverStatus: 1 });
    const { parsed } = await admin.command({ getCmdLineOpts: 1 });
    return { pid: Number(pid), dbPath: String(parsed.storage.dbPath) };
  });
}

/** True while a process runs; false for a zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return false;
  return !/\) [ZX] /.test(stat);
}

export async function waitUntilDead(pids: number[], withinMs = 20_000): Promise<number[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const alive = (await Promise.all(pids.map(async (pid) => ((await isAlive(pid)) ? [pid] : [])))).flat();
    if (alive.length === 0 || Date.now() > deadline) return alive;
    await sleep(50);
  }
}
