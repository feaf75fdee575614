import { MongoClient } from 'mongodb';
import { DevDatabasesError, getMessage } from './errors.ts';
import { sendRedisCommand } from './redis.ts';

const SELECTION_MS = 3000;

const toExternal = (uri: string) => ({ uri, close: async () => {} });

type External = ReturnType<typeof toExternal>;

/** Rejects with a sentence when MONGODB_URI is not a replica set or mongos that is reachable. */
export async function checkMongodb(uri: string): Promise<External> {
  const where = `MONGODB_URI (${toHosts(uri)})`;
  const alternative = 'or unset MONGODB_URI, and Plinth starts a mongod';
  let hello: Record<string, unknown>;
  try {
    const timeout = /[?&]serverSelectionTimeoutMS=/i.test(uri) ? {} : { serverSelectionTimeoutMS: SELECTION_MS };
    const client = new MongoClient(uri, timeout);
    try {
      hello = await client.db('admin').command({ hello: 1 });
    } finally {
      await client.close();
    }
  } catch (error) {
    const reason = withoutCredentials(getMessage(error), uri);
    throw new DevDatabasesError(
      `${where} is unreachable (${reason}): start that server or correct the URI, ${alternative}.`,
    );
  }
  if (hello['setName'] !== undefined || hello['msg'] === 'isdbgrid') return toExternal(uri);
  throw new DevDatabasesError(
    `${where} is a standalone mongod, and transactions and change streams need a replica set (one node is enough): ` +
      `start it with --replSet and run rs.initiate() once, ${alternative}.`,
  );
}

/** Rejects with a sentence when REDIS_URL is not a Redis that serves this user. */
export async function checkRedis(url: string): Promise<External> {
  try {
    await sendRedisCommand(url, 'PING');
    return toExternal(url);
  } catch (error) {
    const reason = withoutCredentials(getMessage(error), url);
    throw new DevDatabasesError(
      `REDIS_URL (${toHosts(url)}) is unreachable or refuses to serve (${reason}): start that server, or correct the ` +
        'URL with its user and password, or unset REDIS_URL, and Plinth starts a redis-server.',
    );
  }
}

/** The hosts of a connection string, without user and password. */
const toHosts = (uri: string): string =>
  /^[a-z+]+:\/\/(?:[^/]*@)?([^/?]+)/i.exec(uri)?.[1] ?? 'not a connection string';

function withoutCredentials(text: string, uri: string): string {
  const credentials = /^[a-z+]+:\/\/([^/]*)@/i.exec(uri)?.[1];
  return credentials === undefined ? text : text.replaceAll(credentials, '…');
}
