import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, isExecutable, output, type Workplace } from './find.ts';

const REDIS_SERVER = '/usr/bin/redis-check-rdb';
const settings = [
  '-qq',
  '-o',
  'Acquire::Retries=0',
  '-o',
  'Acquire::http::Timeout=10',
  '-o',
  'APT::Sandbox::User=root',
];

/** Runs `apt-get` once for each list of arguments. Outdated package lists are tolerated, an unreachable source too. */
export async function runApt({ env, work }: Workplace, ...steps: readonly string[][]): Promise<void> {
  const apt = await findOnPath(env, 'apt-get');
  if (apt === undefined) throw new Error('this system has no apt-get');
  const options = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, cwd: work, timeoutMs: 120_000 };
  for (const step of steps) {
    const run = output([apt, ...settings, ...step], options);
    await (step[0] === 'update' ? run.catch(() => undefined) : run);
  }
}

/**
 * In Debian and Ubuntu, redis-tools has the server as redis-check-rdb. The package redis-server would also start a system
 * service on port 6379.
 */
export async function installRedisWithApt(workplace: Workplace): Promise<string> {
  if (!(await isExecutable(REDIS_SERVER))) {
    if (process.getuid?.() !== 0) throw new Error('apt-get needs root');
    const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60', 'redis-tools'];
    // The download comes first, so that the step that must not be interrupted is short.
    await runApt(workplace, ['update'], [...install, '--download-only'], install);
  }
  const link = join(workplace.work, 'redis-server');
  await symlink(REDIS_SERVER, link);
  return link;
}
