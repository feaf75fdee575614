import { MongoClient } from 'mongodb';
import { askRedis } from './ask-redis.ts';
import { DevDatabasesError, messageOf } from './errors.ts';

const SELECTION_MS = 3000;

/** Resolves with the URI when a replica set (or mongos) answers there; rejects with one sentence otherwise. */
export async function checkMongodb(uri: string): Promise<string> {
  const where = `MONGODB_URI (${hostsOf(uri)})`;
  const own = 'or unset MONGODB_URI, and Plinth starts a mongod of its own';
  let hello: Record<string, unknown>;
  try {
    const patience = /[?&]serverSelectionTimeoutMS=/i.test(uri) ? {} : { serverSelectionTimeoutMS: SELECTION_MS };
    const client = new MongoClient(uri, patience);
    try {
      hello = await client.db('admin').command({ hello: 1 });
    } finally {
      await client.close();
    }
  } catch (error) {
    throw new DevDatabasesError(
      `${where} cannot be reached (${withoutSecrets(messageOf(error), uri)}): start that server or correct the URI, ${own}.`,
    );
  }
  if (hello['setName'] !== undefined || hello['msg'] === 'isdbgrid') return uri;
  throw new DevDatabasesError(
    `${where} is a standalone mongod, and transactions and change streams need a replica set (one node is enough): start it with --replSet and run rs.initiate() once, ${own}.`,
  );
}

/** Resolves with the URL when a Redis answers there; rejects with one sentence otherwise. */
export async function checkRedis(url: string): Promise<string> {
  const own = 'or unset REDIS_URL, and Plinth starts a redis-server of its own';
  let answer: string;
  try {
    answer = await askRedis(url, 'PING');
  } catch (error) {
    throw new DevDatabasesError(
      `REDIS_URL (${hostsOf(url)}) cannot be reached (${withoutSecrets(messageOf(error), url)}): start that server or correct the URL, ${own}.`,
    );
  }
  if (answer === '+PONG') return url;
  throw new DevDatabasesError(
    `REDIS_URL (${hostsOf(url)}) refuses to serve (${answer}): correct its user and password, ${own}.`,
  );
}

/** The hosts of a connection string; never its user or password. */
const hostsOf = (uri: string): string =>
  /^[a-z+]+:\/\/(?:[^/]*@)?([^/?]+)/i.exec(uri)?.[1] ?? 'not a connection string';

function withoutSecrets(text: string, uri: string): string {
  const credentials = /^[a-z+]+:\/\/([^/]*)@/i.exec(uri)?.[1];
  return credentials === undefined ? text : text.replaceAll(credentials, '…');
}
