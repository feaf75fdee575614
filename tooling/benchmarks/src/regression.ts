import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getRatios, median, type Row } from './compare.ts';
import { compareServers } from './modes.ts';
import type { ModeOptions } from './options.ts';
import type { Kind } from './requests.ts';
import type { Lab } from './servers.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();

/** Returns the commit at which this branch left another one, or that commit itself. @throws when there is none of that name. */
export const findBase = (name: string): string => git('merge-base', 'HEAD', name);

/** The minimum ratio of requests per core that a change must keep. Smaller losses are indistinguishable from noise. */
const ratioMin = 1 / 1.1;

/** Returns the kinds of requests that cost too much, or that could not be measured. */
export const findSlower = (rows: readonly Row[]): Kind[] =>
  rows.filter((row) => !(median(getRatios(row)) >= ratioMin)).map(({ kind }) => kind);

/** Compares the platform of the working tree with that of another commit, which it checks out beside it. */
export const runRegression = async (lab: Lab, options: ModeOptions, baseName: string): Promise<Row[]> => {
  const base = findBase(baseName);
  const name = base.slice(0, 12);
  const checkout = join(root, '.data', `base-${process.pid}`);
  options.log(`Checking out ${name}…`);
  git('worktree', 'add', '--detach', checkout, base);
  try {
    const install = ['install', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts', '--loglevel=error'];
    execFileSync('pnpm', install, { cwd: checkout, stdio: ['ignore', process.stderr, process.stderr] });
    const subject = await lab.startPlatformServer({ name: 'working-tree' });
    const reference = await lab.startPlatformServer({ name, root: checkout });
    return await compareServers(lab, { subject, reference }, options);
  } finally {
    await lab.close();
    git('worktree', 'remove', '--force', checkout);
  }
};
