import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createUsers, startPlatform, type TokenUser } from '@plinth/load';
import { createDatabasePrefix, type Environment, startService } from '@plinth/testing/process';
import { MongoClient } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import { reserveCpu } from './proc.ts';
import type { Headers, Kind } from './requests.ts';

/** A server under test. */
export type Server = {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** The prefix of its databases. Two servers may share them. */
  readonly databasePrefix: string;
  /** Users that are read; nothing else is written in their tenant. */
  readonly readIds: readonly string[];
  createHeaders(user: TokenUser): Promise<Headers>;
};

export type PlatformVariant = { readonly name: string; readonly root?: string; readonly settings?: Environment };

const usersToRead = 600;
/** Output is only kept for the report of a failure: the log has a line for each request. */
const outputCharsMin = 2000;

export const reader: TokenUser = { id: uuidv7(), tenantId: uuidv7(), role: 'owner' };
export const writer: TokenUser = { id: uuidv7(), tenantId: uuidv7(), role: 'owner' };
export const getUser = (kind: Kind): TokenUser => (kind === 'get' || kind === 'list' ? reader : writer);

const profileFolder = fileURLToPath(new URL('../../../.data/profiles', import.meta.url));
const assertLoopback = ({ options: { hosts } }: MongoClient): void => {
  const isLocal = hosts.every(({ host = '' }) => ['127.0.0.1', '::1', 'localhost'].includes(host));
  if (!isLocal) throw new Error('MONGODB_URI names another machine. The benchmarks only run on this one.');
};

/** Counts the writes that are stored: a version is the number of writes to a user. */
const countWrites = async (client: MongoClient, databasePrefix: string): Promise<number> => {
  const users = client.db(`${databasePrefix}users`).collection('users');
  const total = { $group: { _id: null, count: { $sum: '$version' } } };
  const [group] = await users
    .aggregate<{ count: number }>([{ $match: { tenantId: writer.tenantId } }, total])
    .toArray();
  return group?.count ?? 0;
};

export type LabOptions = {
  readonly mongodbUri: string;
  readonly redisUrl: string;
  /** Writes a CPU profile of each server to .data/profiles. */
  readonly profile?: boolean;
};

/** Starts servers on the databases of this machine, and stops them all. */
export const openLab = async ({ profile, ...databases }: LabOptions) => {
  const client = new MongoClient(databases.mongodbUri);
  assertLoopback(client);
  const { pid: mongodPid, version: mongodVersion } = await client.db('admin').command({ serverStatus: 1 });
  const cpus = reserveCpu(Number(mongodPid));
  const stops: (() => Promise<unknown>)[] = [];
  const nodeOptions = (name: string): Environment =>
    profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${join(profileFolder, name.replaceAll(/\W+/g, '-'))}` } : {};

  const startPlatformServer = async ({ name, root, settings }: PlatformVariant): Promise<Server> => {
    const databasePrefix = createDatabasePrefix();
    const platform = await startPlatform(
      { ...databases, outputCharsMin, ...(root !== undefined && { root }) },
      { MONGODB_DATABASE_PREFIX: databasePrefix, LOG_LEVEL: 'info', ...nodeOptions(name), ...settings },
    );
    stops.unshift(() => platform.stop());
    cpus.pinServer(platform.pid);
    const createHeaders = async (user: TokenUser) => ({ authorization: `Bearer ${await platform.createToken(user)}` });
    const readIds = await createUsers(platform.url, { headers: await createHeaders(reader), count: usersToRead });
    return { name, url: platform.url, pid: platform.pid, databasePrefix, readIds, createHeaders };
  };

  /** Starts the raw server on the collection of a platform, with its indexes and its validator. */
  const startRawServer = async ({ databasePrefix, readIds }: Server): Promise<Server> => {
    const DATABASE = `${databasePrefix}users`;
    const settings = { MONGODB_URI: databases.mongodbUri, DATABASE, ...nodeOptions('raw') };
    const service = await startService(new URL('./raw-server.ts', import.meta.url), settings, { outputCharsMin });
    stops.unshift(() => service.end('SIGTERM'));
    cpus.pinServer(service.pid);
    const createHeaders = async ({ tenantId }: TokenUser) => ({ 'x-tenant-id': tenantId });
    return { name: 'raw', url: service.url, pid: service.pid, databasePrefix, readIds, createHeaders };
  };

  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0)) await stop();
    await client.close();
  };
  const conditions = { mongodVersion: String(mongodVersion), arePinned: cpus.arePinned };
  return {
    startPlatformServer,
    startRawServer,
    countStoredWrites: (databasePrefix: string) => countWrites(client, databasePrefix),
    mongodPid: Number(mongodPid),
    conditions,
    close,
  };
};

export type Lab = Awaited<ReturnType<typeof openLab>>;
