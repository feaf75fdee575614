import { fileURLToPath } from 'node:url';
import { startPlatform, type TokenUser } from '@plinth/load';
import { createDatabasePrefix, type Environment, startService } from '@plinth/testing/process';
import { MongoClient } from 'mongodb';
import { v7 as uuidv7 } from 'uuid';
import { reserveCpu } from './proc.ts';
import type { Headers } from './requests.ts';

/** A server under test. */
export type Server = {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  /** The prefix of its databases. Two servers may share them. */
  readonly databasePrefix: string;
  /** The users of the reader's tenant. */
  readonly readIds: readonly string[];
  createHeaders(user: TokenUser): Promise<Headers>;
};

const usersToRead = 600;

export const createOwner = (): TokenUser => ({ id: uuidv7(), tenantId: uuidv7(), role: 'owner' });
/** Reads users of a tenant in which nothing else is written. */
export const reader = createOwner();

const profiles = fileURLToPath(new URL('../../../.data/profiles', import.meta.url));

type LabOptions = { readonly mongodbUri: string; readonly redisUrl: string; readonly profile?: boolean };

/** Starts servers on the databases of this machine, and stops them all. `profile` writes their CPU profiles to .data/profiles. */
export const openLab = async ({ profile, ...databases }: LabOptions) => {
  const client = new MongoClient(databases.mongodbUri);
  const isLocal = client.options.hosts.every(({ host = '' }) => ['127.0.0.1', '::1', 'localhost'].includes(host));
  if (!isLocal) throw new Error('MONGODB_URI names another machine. The benchmarks only run on this one.');
  const { pid: mongodPid, version: mongodVersion } = await client.db('admin').command({ serverStatus: 1 });
  const cpus = reserveCpu(Number(mongodPid));
  const stops: (() => Promise<unknown>)[] = [];
  const nodeOptions = (name: string): Environment =>
    profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}/${name}` } : {};

  type PlatformOptions = { readonly name: string; readonly root?: string; readonly settings?: Environment };
  const startPlatformServer = async ({ name, root, settings }: PlatformOptions): Promise<Server> => {
    const databasePrefix = createDatabasePrefix();
    const platform = await startPlatform(
      { ...databases, root },
      { MONGODB_DATABASE_PREFIX: databasePrefix, LOG_LEVEL: 'info', ...nodeOptions(name), ...settings },
    );
    stops.unshift(() => platform.stop());
    cpus.pinServer(platform.pid);
    const createHeaders = async (user: TokenUser) => ({ authorization: `Bearer ${await platform.createToken(user)}` });
    const readIds = await platform.addUsers(reader.tenantId, usersToRead);
    return { name, url: platform.url, pid: platform.pid, databasePrefix, readIds, createHeaders };
  };

  /** Starts the raw server on the collection of a platform, with its indexes and its validator. */
  const startRawServer = async ({ databasePrefix, readIds }: Server): Promise<Server> => {
    const DATABASE = `${databasePrefix}users`;
    const settings = { MONGODB_URI: databases.mongodbUri, DATABASE, ...nodeOptions('raw') };
    const service = await startService(new URL('./raw-server.ts', import.meta.url), settings);
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
  return { startPlatformServer, startRawServer, mongodPid: Number(mongodPid), conditions, close };
};

export type Lab = Awaited<ReturnType<typeof openLab>>;
