import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  createSources,
  downloadIntoCache,
  type FindOptions,
  findCached,
  findFirst,
  isExecutable,
  output,
  runApt,
  type Workplace,
} from '@plinth/dev-databases/programs';

export type PrometheusTools = { prometheus: string; promtool: string };

export async function findPrometheus(options: FindOptions): Promise<PrometheusTools> {
  const { path, cache, download } = createSources(options.env, 'prometheus');
  const prometheus = await findFirst([path, cache, download('apt-get download', downloadPrometheusWithApt)], {
    ...options,
    program: 'prometheus',
    advice:
      'install it so that prometheus and promtool are on PATH, or let this machine reach the package registry of ' +
      'Debian or Ubuntu',
  });
  const beside = join(dirname(prometheus), 'promtool');
  const promtool = (await isExecutable(beside)) ? beside : await findCached(options.env, 'promtool');
  return { prometheus, promtool: promtool ?? beside };
}

/** Downloads and unpacks the package of Debian or Ubuntu without installing it. Caches promtool beside prometheus. */
export async function downloadPrometheusWithApt(workplace: Workplace): Promise<string> {
  const { env, work } = workplace;
  const download = ['download', 'prometheus'];
  await runApt(workplace, download).catch(() => runApt(workplace, ['update'], download));
  const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get downloaded no package');
  await output(['dpkg-deb', '--extract', join(work, archive), work], { env });
  await downloadIntoCache({ env, program: 'promtool', download: async () => join(work, 'usr/bin/promtool') });
  return join(work, 'usr/bin/prometheus');
}
