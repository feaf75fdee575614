import { DevDatabasesError, getMessage } from './errors.ts';
import { runCommand } from './mongod.ts';
import { sendRedisCommand } from './redis.ts';

const SELECTION_MS = 3000;

/** Rejects with a sentence when MONGODB_URI is not a replica set or mongos that is reachable. */
export async function checkMongodb(uri: string): Promise<void> {
  const hello = await runCommand(uri, { hello: 1 }, SELECTION_MS).catch((error: unknown) => {
    throw toUnreachable(error, uri, { name: 'MONGODB_URI', program: 'mongod' });
  });
  if (hello['setName'] !== undefined || hello['msg'] === 'isdbgrid') return;
  throw new DevDatabasesError(
    `MONGODB_URI (${toHosts(uri)}) is a standalone mongod, and transactions and change streams need a replica set (one ` +
      'node is enough): start it with --replSet and run rs.initiate() once, or unset MONGODB_URI, and Plinth starts a mongod.',
  );
}

/** Rejects with a sentence when REDIS_URL is not a Redis that serves this user. */
export async function checkRedis(url: string): Promise<void> {
  await sendRedisCommand(url, 'PING').catch((error: unknown) => {
    throw toUnreachable(error, url, { name: 'REDIS_URL', program: 'redis-server' });
  });
}

function toUnreachable(error: unknown, uri: string, { name, program }: { name: string; program: string }): Error {
  const credentials = /^[a-z+]+:\/\/([^/]*)@/i.exec(uri)?.[1];
  const reason = credentials === undefined ? getMessage(error) : getMessage(error).replaceAll(credentials, '…');
  return new DevDatabasesError(
    `${name} (${toHosts(uri)}) is unreachable or refuses to serve (${reason}): start that server, or correct its address, ` +
      `user and password, or unset ${name}, and Plinth starts a ${program}.`,
  );
}

/** The hosts of a connection string, without user and password. */
const toHosts = (uri: string): string =>
  /^[a-z+]+:\/\/(?:[^/]*@)?([^/?]+)/i.exec(uri)?.[1] ?? 'not a connection string';
