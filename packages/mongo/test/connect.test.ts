import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMongod } from '@plinth/dev-databases';
import { getFreePort } from '@plinth/testing';
import { startChild } from '@plinth/testing/process';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { connectMongo } from '../src/index.ts';
import { clientSettings } from '../src/settings.ts';

const settings = { MONGODB_POOL_SIZE: 2, MONGODB_DATABASE_PREFIX: undefined, CURSOR_SECRET: 'c'.repeat(32) };
const connect = (MONGODB_URI: string) => connectMongo({ ...settings, MONGODB_URI });
const startupError = (message: string) => ({ name: 'StartupError', message: expect.stringMatching(message) });

/** Starts a mongod that is not a replica set, on a separate port. */
const withStandalone = async (run: (uri: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'plinth-standalone-'));
  const path = await findMongod({ env: process.env });
  const port = await getFreePort();
  const options = ['--dbpath', directory, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  const mongod = startChild([path, ...options]);
  try {
    await run(`mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=10000`);
  } finally {
    await mongod.end('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
};

describe('connecting', () => {
  it('opens a datastore on a replica set', async () => {
    const datastore = await connect(process.env['MONGODB_URI'] ?? '');
    await datastore.ping();
    await datastore.close();
    await expect(datastore.ping()).rejects.toThrow();
  });

  it('rejects a standalone mongod in one sentence', async () => {
    await withStandalone(async (uri) => {
      await expect(connect(uri)).rejects.toMatchObject(
        startupError('names a standalone mongod, which has no transactions. Start it with --replSet'),
      );
    });
  }, 30_000);

  it('rejects an address without a server, and the message contains no password', async () => {
    const uri = `mongodb://ada:hunter2@127.0.0.1:${await getFreePort()}/?serverSelectionTimeoutMS=300`;
    const refusal = await connect(uri).catch((error: Error) => error);
    expect(refusal).toMatchObject(
      startupError('^No MongoDB primary responds at 127\\.0\\.0\\.1:\\d+\\. Check MONGODB_URI'),
    );
    expect((refusal as Error).message).not.toContain('hunter2');
  });

  it('rejects a user and password that MongoDB does not accept, and the message contains neither', async () => {
    const uri = new URL(String(process.env['MONGODB_URI']));
    Object.assign(uri, { username: 'ada', password: 'hunter2' });
    const refusal = await connect(uri.href).catch((error: Error) => error);
    expect(refusal).toMatchObject(
      startupError(
        '^MongoDB at 127\\.0\\.0\\.1:\\d+ does not accept the user and password\\. Check those in MONGODB_URI',
      ),
    );
    expect((refusal as Error).message).not.toMatch(/ada|hunter2/);
  });

  it.each(['mongodb://', 'mongodb://a:b:c', 'mongodb://127.0.0.1/?nonsense=1'])(
    'rejects %s, which is not a connection string',
    async (uri) => {
      await expect(connect(uri)).rejects.toMatchObject(startupError('is not a MongoDB connection string'));
    },
  );
});

describe('the client', () => {
  it('acknowledges by the majority and its journals', () => {
    expect(clientSettings(16)).toMatchObject({
      writeConcern: { w: 'majority', journal: true },
      readConcernLevel: 'majority',
      readPreference: 'primary',
      retryWrites: true,
      maxPoolSize: 16,
      serverSelectionTimeoutMS: 3000,
      socketTimeoutMS: 8000,
      waitQueueTimeoutMS: 2000,
    });
  });

  it('does so whatever the URI says', () => {
    const weaker = 'w=0&journal=false&readPreference=secondary&readConcernLevel=local&retryWrites=false';
    const { options } = new MongoClient(`mongodb://127.0.0.1/?${weaker}`, clientSettings(16));
    const writeConcern = { w: 'majority', j: true };
    const [readConcern, readPreference] = [{ level: 'majority' }, { mode: 'primary' }];
    expect(options).toMatchObject({ writeConcern, readConcern, readPreference, retryWrites: true });
  });
});
