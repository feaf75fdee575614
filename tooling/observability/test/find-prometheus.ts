import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  downloadIntoCache,
  type FindOptions,
  findProgram,
  isExecutable,
  run,
  runApt,
  toCachePath,
  type Workplace,
} from '@plinth/dev-databases/programs';

export type PrometheusTools = { prometheus: string; promtool: string };

export async function findPrometheus(options: FindOptions): Promise<PrometheusTools> {
  const program = {
    names: ['prometheus'],
    downloads: [{ from: 'apt-get', name: 'prometheus', run: downloadPrometheusWithApt }],
    advice:
      'install it so that prometheus and promtool are on PATH, or let this machine reach the package registry of ' +
      'Debian or Ubuntu',
  } as const;
  const prometheus = await findProgram(program, options);
  const installed = join(dirname(prometheus), 'promtool');
  return { prometheus, promtool: (await isExecutable(installed)) ? installed : toCachePath(options.env, 'promtool') };
}

/** Downloads and unpacks the package of Debian or Ubuntu without installing it. Caches promtool beside prometheus. */
export async function downloadPrometheusWithApt(workplace: Workplace): Promise<string> {
  const { env, work } = workplace;
  const download = () => runApt(workplace, 'download', 'prometheus');
  await download().catch(() => runApt(workplace, 'update').then(download));
  const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get downloaded no package');
  await run(['dpkg-deb', '--extract', join(work, archive), work], { env });
  await downloadIntoCache(env, 'promtool', async () => join(work, 'usr/bin/promtool'));
  return join(work, 'usr/bin/prometheus');
}
