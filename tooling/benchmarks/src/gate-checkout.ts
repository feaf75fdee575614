import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from './options.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

const git = async (...args: string[]): Promise<string> => (await run('git', args, { cwd: root })).stdout.trim();

/** The commit of a name; none when there is no such commit here. */
const commitOf = (name: string): Promise<string | undefined> =>
  git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).catch(() => undefined);

/**
 * What the working tree is compared with: the commit that was named, else where this branch left `origin/main`, else
 * the last commit but the one that the working tree is.
 */
export const baseOf = async (named: string | undefined): Promise<string> => {
  if (named !== undefined) {
    const commit = await commitOf(named);
    if (commit !== undefined) return commit;
    throw new UsageError(`--base names '${named}', and there is no such commit here: fetch it, or name another one.`);
  }
  const isChanged = (await git('status', '--porcelain')) !== '';
  const head = await git('rev-parse', 'HEAD');
  const parted = await git('merge-base', 'HEAD', 'origin/main').catch(() => undefined);
  if (parted !== undefined && (parted !== head || isChanged)) return parted;
  const before = await commitOf('HEAD~1');
  if (before !== undefined) return before;
  throw new UsageError('There is no commit to compare with: name one with --base, or fetch more than the last one.');
};

export type Checkout = { readonly root: string; readonly remove: () => Promise<void> };

/** Checks a commit out beside the working tree, with its packages, which are there already or cannot be compared. */
export const checkOut = async (commit: string): Promise<Checkout> => {
  // In the repository, so that pnpm links what is in its store; git ignores the folder.
  const folder = join(root, '.data', `gate-${process.pid}`);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await git('worktree', 'prune');
  };
  await mkdir(join(root, '.data'), { recursive: true });
  await git('worktree', 'add', '--detach', folder, commit);
  try {
    await run('pnpm', ['install', '--frozen-lockfile', '--offline', '--ignore-scripts'], { cwd: folder });
  } catch (cause) {
    await remove();
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`The packages of ${commit} cannot be installed from pnpm's store.\n${stdout}${stderr}`, { cause });
  }
  return { root: folder, remove };
};
