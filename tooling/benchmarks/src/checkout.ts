import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { UsageError } from './options.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const git = async (...args: string[]): Promise<string> => (await run('git', args, { cwd: root })).stdout.trim();

/** Returns the commit to compare with: the named commit, else the merge base with `origin/main`, else the parent commit. */
export const findBase = async (name: string | undefined): Promise<string> => {
  const find = (...args: string[]): Promise<string | undefined> => git(...args).catch(() => undefined);
  const findCommit = (text: string) => find('rev-parse', '--verify', '--quiet', `${text}^{commit}`);
  if (name !== undefined) {
    const commit = await findCommit(name);
    if (commit) return commit;
    throw new UsageError(`There is no commit '${name}' here. Fetch it, or name another one with --base.`);
  }
  const [head, fork] = [await git('rev-parse', 'HEAD'), await find('merge-base', 'HEAD', 'origin/main')];
  const isChanged = (await git('status', '--porcelain')) !== '';
  const base = fork !== undefined && (fork !== head || isChanged) ? fork : await findCommit('HEAD~1');
  if (base) return base;
  throw new UsageError('There is no commit to compare with. Name one with --base.');
};

/** Checks a commit out beside the working tree and installs its packages from pnpm's store. */
export const checkOut = async (commit: string) => {
  const folder = join(root, '.data', `base-${process.pid}`);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await git('worktree', 'prune');
  };
  await git('worktree', 'add', '--detach', folder, commit);
  try {
    await run('pnpm', ['install', '--frozen-lockfile', '--offline', '--ignore-scripts'], { cwd: folder });
  } catch (cause) {
    await remove();
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`The packages of ${commit} are not all in pnpm's store.\n${stdout}${stderr}`, { cause });
  }
  return { root: folder, remove };
};
