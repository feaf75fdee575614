import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import { sendRedisCommand } from '../src/redis.ts';
import { startTestDatabase } from '../src/test-databases.ts';

/** Long enough for a busy machine; each refusal waits for it. */
const respondedWithinMs = 2000;

const mongo = async (uri: string, command: object): Promise<unknown> => {
  const limits = { serverSelectionTimeoutMS: respondedWithinMs, socketTimeoutMS: respondedWithinMs };
  const client = new MongoClient(uri, limits);
  try {
    return await client.db('own').command(command);
  } finally {
    await client.close();
  }
};

const kinds = {
  mongod: {
    write: (uri: string) => mongo(uri, { insert: 'rows', documents: [{ _id: 1 }], writeConcern: { j: true } }),
    read: (uri: string) => mongo(uri, { count: 'rows' }),
    found: expect.objectContaining({ n: 1 }),
  },
  redis: {
    write: (uri: string) => sendRedisCommand(uri, 'INCR', 'rows'),
    read: (uri: string) => sendRedisCommand(uri, 'EXISTS', 'rows'),
    found: 1,
  },
} as const;

it.concurrent.for(['mongod', 'redis'] as const)(
  'a test %s pauses, resumes, is killed and restarts with its data',
  async (name, { expect, onTestFinished }) => {
    const { write, read, found } = kinds[name];
    const elsewhere = { MONGODB_URI: 'mongodb://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' };
    const database = await startTestDatabase(name, { env: { ...process.env, ...elsewhere } });
    onTestFinished(() => database.close());
    await write(database.uri);
    await database.pause();
    await expect(read(database.uri)).rejects.toThrow();
    await database.resume();
    await expect.poll(() => read(database.uri)).toEqual(found);
    // Redis writes acknowledged changes to its disk once a second.
    if (name === 'redis') await sendRedisCommand(database.uri, 'CONFIG', 'SET', 'appendfsync', 'always');
    await database.kill();
    await expect(read(database.uri)).rejects.toThrow();
    await database.restart();
    await expect.poll(() => read(database.uri)).toEqual(found);
    await database.close();
    await expect(read(database.uri)).rejects.toThrow();
  },
);
