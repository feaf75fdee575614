import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { sendRedisCommand, startDatabases } from '../src/index.ts';
import { mongod } from '../src/mongod.ts';
import { launch } from '../src/server.ts';
import { findTemporaryRoot } from '../src/temporary-root.ts';
import { createTemporaryFolder, exists, inspectMongod, waitUntilDead, withMongo } from './helpers.ts';

const ownerScript = fileURLToPath(new URL('./fixtures/owner.ts', import.meta.url));
const { MONGODB_URI: _mongodb, REDIS_URL: _redis, ...env } = process.env;

type Found = { pids: number[]; dbPath: string };

async function readRedisPid(redisUrl: string): Promise<number> {
  const info = String(await sendRedisCommand(redisUrl, 'INFO', 'server'));
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

async function inspect(mongodbUri: string, redisUrl: string): Promise<Found> {
  const { pid, dbPath } = await inspectMongod(mongodbUri);
  return { pids: [pid, await readRedisPid(redisUrl)], dbPath };
}

/** Sends text to a port, and resolves with the first response. */
async function request(port: number, text: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(text);
  const [response] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return response.toString();
}

const insertRow = (uri: string) =>
  withMongo(uri, (client) => client.db('plinth_test').collection('rows').insertOne({ n: 1 }));

const countRows = (uri: string): Promise<number> =>
  withMongo(uri, (client) => client.db('plinth_test').collection('rows').countDocuments());

async function startOwner(...args: string[]) {
  const owner = spawn(process.execPath, [ownerScript, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const uris = JSON.parse(line.toString()) as { mongodbUri: string; redisUrl: string };
  return { owner, ...uris, ...(await inspect(uris.mongodbUri, uris.redisUrl)) };
}

describe.concurrent('databases with temporary data', () => {
  it.for(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'end, and their data is deleted, when %s ends the owner',
    async (signal, { expect }) => {
      const { owner, pids, dbPath } = await startOwner();
      expect(await exists(dbPath)).toBe(true);
      owner.kill(signal);
      expect(await waitUntilDead(pids)).toEqual([]);
      await expect.poll(() => exists(dbPath)).toBe(false);
    },
  );

  it('run transactions and failpoints, evict nothing, serve others, and are deleted when stopped', async ({
    expect,
  }) => {
    const root = await findTemporaryRoot({ env, isVolatile: true });
    const databases = await startDatabases({ env, isVolatile: true });
    const { pids, dbPath } = await inspect(databases.mongodbUri, databases.redisUrl);
    await withMongo(databases.mongodbUri, async (client) => {
      const rows = client.db('plinth_test').collection('rows');
      await client.withSession((session) => session.withTransaction(() => rows.insertOne({ n: 1 }, { session })));
      expect(await rows.countDocuments()).toBe(1);
      const limit = await client.db('admin').command({ getParameter: 1, transactionLifetimeLimitSeconds: 1 });
      expect(limit['transactionLifetimeLimitSeconds']).toBe(5);
      await client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
      const { config } = await client.db('admin').command({ replSetGetConfig: 1 });
      expect(config.writeConcernMajorityJournalDefault).toBe(false);
    });
    expect(dirname(dbPath)).toBe(root);
    const policy = await sendRedisCommand(databases.redisUrl, 'CONFIG', 'GET', 'maxmemory-policy');
    expect(policy).toEqual(['maxmemory-policy', 'noeviction']);
    // Those of MONGODB_URI and REDIS_URL are used as they are, and keep running.
    const { mongodbUri, redisUrl } = databases;
    const reused = await startDatabases({ env: { ...env, MONGODB_URI: mongodbUri, REDIS_URL: redisUrl } });
    expect(reused).toMatchObject({ mongodbUri, redisUrl });
    await reused.stop();
    expect(await sendRedisCommand(redisUrl, 'PING')).toBe('PONG');
    await databases.stop();
    expect(await waitUntilDead(pids)).toEqual([]);
    expect(await exists(dbPath)).toBe(false);
  });
});

it.concurrent.for(['replSetInitiate', 'createUser'])(
  'mongod starts although it closes the connection of %s',
  async (command, { expect, onTestFinished }) => {
    const data = { failCommands: [command], closeConnection: true };
    const failpoint = `failpoint.failCommand=${JSON.stringify({ mode: { times: 2 }, data })}`;
    const dir = await createTemporaryFolder(onTestFinished);
    const args = ['--setParameter', 'enableTestCommands=1', '--setParameter', failpoint];
    const { uri, close } = await launch(mongod, { env, dir, password: '0'.repeat(64), args });
    onTestFinished(close);
    const users = await withMongo(uri, (client) => client.db('admin').command({ usersInfo: 1 }));
    expect(users['users']).toHaveLength(1);
  },
);

describe.concurrent('databases with a data folder', () => {
  it('are shared by processes with the same folder, which are notified when the first one ends', async ({
    expect,
    onTestFinished,
  }) => {
    const dataDir = await createTemporaryFolder(onTestFinished);
    const { owner, mongodbUri, redisUrl, pids } = await startOwner(dataDir);
    const lost: string[] = [];
    const shared = await startDatabases({ env, dataDir, onLost: (name) => lost.push(name) });
    expect(shared).toMatchObject({ mongodbUri, redisUrl });
    expect(await sendRedisCommand(shared.redisUrl, 'PING')).toBe('PONG');
    await shared.stop();
    expect(await waitUntilDead(pids, 300)).toEqual(pids);
    const again = await startDatabases({ env, dataDir, onLost: (name) => lost.push(name) });
    owner.kill('SIGKILL');
    expect(await waitUntilDead(pids)).toEqual([]);
    await expect.poll(() => lost.toSorted()).toEqual(['mongod', 'redis']);
    await again.stop();
  });

  it('keep their data across a kill of their owner and a restart on another port', async ({
    expect,
    onTestFinished,
  }) => {
    const dataDir = await createTemporaryFolder(onTestFinished);
    const { owner, mongodbUri, pids } = await startOwner(dataDir);
    await insertRow(mongodbUri);
    owner.kill('SIGKILL');
    expect(await waitUntilDead(pids)).toEqual([]);
    await rm(join(dataDir, 'mongod/port'));
    const second = await startDatabases({ env, dataDir });
    const count = await countRows(second.mongodbUri);
    await second.stop();
    expect(await readFile(join(dataDir, 'mongod/log'), 'utf8')).toContain('"msg"');
    expect(second.mongodbUri).not.toBe(mongodbUri);
    expect(count).toBe(1);
  });

  it('start once for two owners that start at the same time', async ({ expect, onTestFinished }) => {
    const dataDir = await createTemporaryFolder(onTestFinished);
    const [one, two] = await Promise.all([startDatabases({ env, dataDir }), startDatabases({ env, dataDir })]);
    expect(two).toMatchObject({ mongodbUri: one.mongodbUri, redisUrl: one.redisUrl });
    await Promise.all([one.stop(), two.stop()]);
  });

  it('refuse a client without their password, which only this user can read, and listen on no Unix socket', async ({
    expect,
    onTestFinished,
  }) => {
    const dataDir = await createTemporaryFolder(onTestFinished);
    const { mongodbUri, redisUrl, stop } = await startDatabases({ env, dataDir });
    onTestFinished(stop);
    const { pids } = await inspect(mongodbUri, redisUrl);
    const path = join(dataDir, 'database-password');
    const password = await readFile(path, 'utf8');
    for (const file of [path, join(dataDir, 'mongod/password'), join(dataDir, 'redis/password')]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    for (const guess of ['', `plinth:${'0'.repeat(64)}@`]) {
      const uri = mongodbUri.replace(`plinth:${password}@`, guess);
      const read = withMongo(uri, (client) => client.db('users').collection('users').findOne());
      await expect(read).rejects.toThrow(/requires authentication|Authentication failed/);
    }
    const redisPort = Number(new URL(redisUrl).port);
    expect(await request(redisPort, 'GET key\r\n')).toMatch(/^-NOAUTH/);
    expect(await request(redisPort, `AUTH ${'0'.repeat(64)}\r\n`)).toMatch(/^-WRONGPASS/);
    for (const pid of pids) expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password);
    expect(await sendRedisCommand(redisUrl, 'CONFIG', 'GET', 'unixsocket')).toEqual(['unixsocket', '']);
    expect(await exists(join('/tmp', `mongodb-${new URL(mongodbUri).port}.sock`))).toBe(false);
  });

  it.for(['the same port', 'another port'])(
    'receive a password when they had none, on %s',
    async (port, { expect, onTestFinished }) => {
      const dataDir = await createTemporaryFolder(onTestFinished);
      const dir = join(dataDir, 'mongod');
      const unprotected = await launch(mongod, { env, dir });
      await insertRow(unprotected.uri);
      await unprotected.close();
      if (port === 'the same port') await writeFile(join(dir, 'port'), String(unprotected.port));
      const { mongodbUri, stop } = await startDatabases({ env, dataDir });
      const count = await countRows(mongodbUri);
      await stop();
      expect(count).toBe(1);
      expect(mongodbUri).toMatch(/^mongodb:\/\/plinth:[0-9a-f]{64}@/);
    },
  );

  it('are refused in one sentence when their password was deleted', async ({ expect, onTestFinished }) => {
    const dataDir = await createTemporaryFolder(onTestFinished);
    await (await startDatabases({ env, dataDir })).stop();
    await rm(join(dataDir, 'database-password'));
    await expect(startDatabases({ env, dataDir })).rejects.toThrow(
      `mongod did not start on ${join(dataDir, 'mongod')}: its data has another password: delete the folder, and the next`,
    );
  });

  it('are refused in one sentence when the folder cannot be written to', async ({ expect, onTestFinished }) => {
    const dataDir = await createTemporaryFolder(onTestFinished);
    await mkdir(join(dataDir, 'mongod/log'), { recursive: true });
    await expect(startDatabases({ env, dataDir })).rejects.toThrow(
      new RegExp(`^mongod did not start on ${join(dataDir, 'mongod')}: .*EISDIR`),
    );
  });

  it('report a crash', async ({ expect, onTestFinished }) => {
    const dataDir = await createTemporaryFolder(onTestFinished);
    const lost: string[] = [];
    // Redis is enough for it.
    const withoutMongod = { ...env, MONGODB_URI: 'mongodb://127.0.0.1:1' };
    const databases = await startDatabases({ env: withoutMongod, dataDir, onLost: (name) => lost.push(name) });
    process.kill(await readRedisPid(databases.redisUrl), 'SIGKILL');
    await expect.poll(() => lost).toEqual(['redis']);
    await databases.stop();
    expect(lost).toEqual(['redis']);
  });
});
