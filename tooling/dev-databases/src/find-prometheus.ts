import { dirname, join } from 'node:path';
import { cacheDir, cached, fetchIntoCache } from './cache.ts';
import { fetchPrometheusWithApt } from './fetch/prometheus.ts';
import { type FindOptions, findOnPath, firstOf, isExecutable, type Way } from './lookup.ts';

/** Where the programs of Prometheus are. */
export type PrometheusTools = { prometheus: string; promtool: string };

const ways = (env: NodeJS.ProcessEnv): Way[] => [
  { name: 'prometheus on PATH', find: () => findOnPath(env, 'prometheus') },
  { name: `the cache (${cacheDir(env)})`, find: () => cached(env, 'prometheus') },
  {
    name: 'apt-get download',
    fetches: true,
    find: () => fetchIntoCache({ env, program: 'prometheus', fetch: fetchPrometheusWithApt }),
  },
];

/** Prometheus and promtool, fetched into the cache where this machine has none. @throws `DevDatabasesError` in a sentence. */
export async function findPrometheus({ env, log }: FindOptions): Promise<PrometheusTools> {
  const prometheus = await firstOf(ways(env), {
    onFetch: () => log?.(`Fetching prometheus (once, into ${cacheDir(env)})…`),
    failure: (reasons) =>
      'There is no prometheus to be had here: install it so that prometheus and promtool are on PATH, or let this ' +
      `machine reach the package registry of Debian or Ubuntu (tried ${reasons}).`,
  });
  const beside = join(dirname(prometheus), 'promtool');
  const promtool = (await isExecutable(beside)) ? beside : await cached(env, 'promtool');
  return { prometheus, promtool: promtool ?? beside };
}
