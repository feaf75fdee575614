import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, load } from './load.ts';
import type { Config, Settings } from './setting.ts';

/** What `loadOrExit` touches outside, replaceable in tests. */
export type Surroundings = {
  readonly directory: string;
  readonly stderr: { write(text: string): unknown };
  readonly exit: (code: number) => never;
};

const workspaceRoot = (directory: string): string | undefined => {
  if (existsSync(join(directory, 'pnpm-workspace.yaml'))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : workspaceRoot(parent);
};

const envFiles = (directory: string): readonly string[] => {
  const directories = new Set([directory, workspaceRoot(directory) ?? directory]);
  return [...directories].map((one) => join(one, '.env')).filter((file) => existsSync(file));
};

const readEnvFile = (file: string): void => {
  try {
    process.loadEnvFile(file);
  } catch {
    throw new ConfigError([
      { name: file, problem: 'cannot be read', fix: 'Make it a readable text file, or remove it.' },
    ]);
  }
};

/**
 * `load` for the main of a program: also reads `.env` in the working directory and in the root of the repository
 * (a variable that is already set wins), prints the faults and exits with 1 instead of throwing.
 */
export const loadOrExit = <const S extends Settings>(
  settings: S,
  {
    directory = process.cwd(),
    stderr = process.stderr,
    exit = (code) => process.exit(code),
  }: Partial<Surroundings> = {},
): Config<S> => {
  try {
    for (const file of envFiles(directory)) readEnvFile(file);
    return load(settings, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    stderr.write(`\n${error.message}\n\nThe program has not started. Every setting is explained in .env.example.\n\n`);
    return exit(1);
  }
};
