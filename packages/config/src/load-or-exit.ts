import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ConfigError, type ConfigIssue, readSettings } from './load.ts';
import { renderHelp } from './render.ts';
import type { Config, Settings } from './setting.ts';

const findWorkspaceRoot = (directory: string): string | undefined => {
  if (existsSync(join(directory, 'pnpm-workspace.yaml'))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : findWorkspaceRoot(parent);
};

const loadEnvFiles = (directory: string): readonly ConfigIssue[] =>
  [...new Set([directory, findWorkspaceRoot(directory) ?? directory])].flatMap((folder) => {
    const file = join(folder, '.env');
    try {
      process.loadEnvFile(file);
      return [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      return [{ name: file, problem: 'cannot be read', fix: 'Make it a readable text file, or remove it.' }];
    }
  });

/**
 * `load` for the main module of a program. It also reads `.env` in the working directory and in the root of the
 * repository, where a variable that is already set wins. It prints all issues and exits with 1 instead of throwing,
 * and for `--help` prints the settings and exits with 0.
 */
export const loadOrExit = <const S extends Settings>(settings: S): Config<S> => {
  const [, script = '', ...args] = process.argv;
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(renderHelp(`node ${relative(process.cwd(), script)}`, settings));
    return process.exit(0);
  }
  const fileIssues = loadEnvFiles(process.cwd());
  const { values, issues } = readSettings(settings, process.env);
  if (fileIssues.length + issues.length > 0) {
    const { message } = new ConfigError([...fileIssues, ...issues]);
    process.stderr.write(
      `\n${message}\n\nThe program has not started. Every setting is explained in .env.example.\n\n`,
    );
    return process.exit(1);
  }
  return values as Config<S>;
};
