import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FetchPlace, fetchIntoCache } from '../cache.ts';
import { findOnPath } from '../lookup.ts';
import { output } from '../output.ts';
import { APT_TIMEOUT_MS, aptSettings } from './apt.ts';

/** Fetches a package of Debian or Ubuntu into a folder and unpacks it there: nothing is installed, and no service started. */
async function unpackWithApt(name: string, { env, work }: FetchPlace): Promise<string> {
  const apt = await findOnPath(env, 'apt-get');
  const dpkg = await findOnPath(env, 'dpkg-deb');
  if (apt === undefined || dpkg === undefined) throw new Error('this system has no apt-get');
  const settings = [...aptSettings, '-o', 'APT::Sandbox::User=root'];
  const options = { env, timeoutMs: APT_TIMEOUT_MS };
  const download = () => output(['env', '-C', work, apt, ...settings, 'download', name], options);
  try {
    await download();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    // The lists are old, or there are none yet.
    await output([apt, ...settings, 'update'], options).catch(() => undefined);
    await download();
  }
  const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get brought no ${name}`);
  // Not into the folder itself: unpacking gives it the age of the package, and old folders are taken for abandoned ones.
  const unpacked = join(work, 'unpacked');
  await output([dpkg, '--extract', join(work, archive), unpacked], options);
  return join(unpacked, 'usr/bin');
}

/** Fetches Prometheus; its package brings promtool as well, which is put beside it. */
export async function fetchPrometheusWithApt(place: FetchPlace): Promise<string> {
  const programs = await unpackWithApt('prometheus', place);
  await fetchIntoCache({ env: place.env, program: 'promtool', fetch: async () => join(programs, 'promtool') });
  return join(programs, 'prometheus');
}
