import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export type Result = { readonly code: number; readonly output: string };

/** Copies the repository, uncommitted files included, to one with a single commit and its own packages. */
export const copyRepository = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-generators-'));
  const path = `${join(folder, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`;
  const compileCache = join(folder, 'node_modules/.cache/compile');
  const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE: compileCache, NO_COLOR: '1', PLINTH_HEAVY: '' };
  const removal = new AbortController();
  const run = (command: string, args: readonly string[], cwd = ''): Promise<Result> =>
    new Promise((resolve) => {
      const options = { cwd: join(folder, cwd), env, maxBuffer: 2 ** 27, signal: removal.signal };
      execFile(command, args, options, (error, stdout, stderr) => {
        resolve({ code: error ? 1 : 0, output: stdout + stderr });
      });
    });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@test.example', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  // A removal that is not committed is listed, but there is no file.
  for (const file of files.split('\0').filter((path) => path && existsSync(join(root, path))))
    cpSync(join(root, file), join(folder, file));
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=copy');
  const installed = await run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline']);
  if (installed.code !== 0) throw new Error(installed.output);
  return {
    folder,
    /** Runs a program in a folder of the copy, by default in its root. */
    run,
    generate: (...args: readonly string[]) => run('node', ['tooling/generators/src/main.ts', ...args]),
    apply: (diff: string): void => {
      execFileSync('git', ['apply', '-'], { cwd: folder, input: diff });
    },
    listChanges: (): string[] => git('status', '--porcelain').split('\n').filter(Boolean),
    /** Ends a program that still runs after a timeout, and removes the copy. */
    remove: (): void => {
      removal.abort();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
