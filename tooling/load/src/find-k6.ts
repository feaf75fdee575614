import { join } from 'node:path';
import {
  cacheDir,
  cached,
  type FetchPlace,
  fetchIntoCache,
  findOnPath,
  firstOf,
  output,
  type Way,
} from '@plinth/dev-databases';
import { fetchGo } from './fetch-go.ts';

/** What is built: no registry has k6 as a program. */
const source = 'go.k6.io/k6@v1.8.1';
const buildMs = 20 * 60_000;

/** Where Go's own installer puts it, which is not always on PATH. */
const usualFolder = '/usr/local/go/bin';

const build = async (go: string, { env, work }: FetchPlace): Promise<string> => {
  await output([go, 'install', source], { env: { ...env, GOBIN: work }, timeoutMs: buildMs });
  return join(work, 'k6');
};

/** With a Go that goes again, and so do its caches. */
const buildWithOwnGo = async (place: FetchPlace): Promise<string> => {
  const { env, work } = place;
  const go = await fetchGo(env, join(work, 'go'));
  const folders = { GOPATH: join(work, 'path'), GOCACHE: join(work, 'cache'), GOFLAGS: '-modcacherw' };
  return build(go, { work, env: { ...env, ...folders, GOTOOLCHAIN: 'local' } });
};

const atHand = (env: NodeJS.ProcessEnv): Way[] => [
  { name: 'k6 on PATH', find: () => findOnPath(env, 'k6') },
  { name: `the cache (${cacheDir(env)})`, find: () => cached(env, 'k6') },
];

/** Where k6 may come from, in the order in which the ways are tried. */
export const k6Ways = (env: NodeJS.ProcessEnv): Way[] => [
  ...atHand(env),
  {
    name: 'go install',
    fetches: true,
    find: async () => {
      const go = await findOnPath({ PATH: `${env['PATH']}:${usualFolder}` }, 'go');
      return go && fetchIntoCache({ env, program: 'k6', fetch: (place) => build(go, place) });
    },
  },
  {
    name: 'go install, with a Go from the module proxy',
    fetches: true,
    find: () => fetchIntoCache({ env, program: 'k6', fetch: buildWithOwnGo }),
  },
];

/** A k6 that is there already; none where it had to be built, which takes minutes. */
export const k6AtHand = async (env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  for (const { find } of atHand(env)) {
    const path = await find();
    if (path !== undefined) return path;
  }
  return undefined;
};

/** Finds k6, or builds it into the cache. @throws an `DevDatabasesError` that says what to do. */
export const findK6 = (env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<string> =>
  firstOf(k6Ways(env), {
    onFetch: () => log(`Building k6 (once, some minutes, into ${cacheDir(env)})…`),
    failure: (reasons) =>
      'There is no k6 to be had here: install it so that k6 is on PATH (https://k6.io), or Go, or let this machine ' +
      `reach a Go module proxy (tried ${reasons}).`,
  });
