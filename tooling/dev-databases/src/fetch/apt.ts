import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchPlace } from '../cache.ts';
import { findOnPath, isExecutable } from '../lookup.ts';
import { output } from '../output.ts';

const SERVER = '/usr/bin/redis-check-rdb';
export const APT_TIMEOUT_MS = 120_000;

/** What apt-get is told each time: to be quiet, and to give up early. */
export const aptSettings = ['-qq', '-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10'];

/**
 * Debian's and Ubuntu's redis-tools carries the server: redis-check-rdb is the same program under another name. The
 * redis-server package would only add a system service on port 6379, which nobody asked for.
 */
export async function fetchRedisWithApt({ env, work }: FetchPlace): Promise<string> {
  if (!(await isExecutable(SERVER))) await installWithApt(env, 'redis-tools');
  const link = join(work, 'redis-server');
  await symlink(SERVER, link);
  return link;
}

/** Installs packages of Debian or Ubuntu. @throws when this system has no apt-get, or when it needs root for it. */
export async function installWithApt(env: NodeJS.ProcessEnv, ...names: string[]): Promise<void> {
  const apt = await findOnPath(env, 'apt-get');
  if (apt === undefined) throw new Error('this system has no apt-get');
  if (process.getuid?.() !== 0) throw new Error('it needs root');
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: APT_TIMEOUT_MS };
  const settings = [...aptSettings, '-o', 'DPkg::Lock::Timeout=60'];
  // A source that cannot be reached makes this fail although the others suffice; what counts is whether the install works.
  await output([apt, ...settings, 'update'], options).catch(() => undefined);
  const packages = ['install', '-y', '--no-install-recommends', ...names];
  // Fetched first, so that the part which must not be interrupted takes a second only.
  await output([apt, ...settings, '--download-only', ...packages], options);
  await output([apt, ...settings, ...packages], options);
}
