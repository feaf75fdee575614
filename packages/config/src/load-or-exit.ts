import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ConfigError, type ConfigIssue } from './config-error.ts';
import { readSettings } from './load.ts';
import { type Environment, getVariable, toFileVariable } from './read-text.ts';
import { renderHelp } from './render.ts';
import type { Config, Settings } from './setting.ts';

const findWorkspaceRoot = (directory: string): string | undefined => {
  if (existsSync(join(directory, 'pnpm-workspace.yaml'))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : findWorkspaceRoot(parent);
};

const loadEnvFiles = (directory: string) => {
  const loaded: string[] = [];
  const issues: ConfigIssue[] = [];
  for (const folder of new Set([directory, findWorkspaceRoot(directory) ?? directory])) {
    const file = join(folder, '.env');
    try {
      process.loadEnvFile(file);
      loaded.push(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      issues.push({ name: file, problem: 'cannot be read', fix: 'Make it a readable text file, or remove it.' });
    }
  }
  return { loaded, issues };
};

/**
 * Returns the texts of settings from a store of secrets, by name. It is called once, with the names of all settings that
 * neither a variable nor a file sets, and need not know each. Its errors are printed, so they must not contain a secret.
 */
export type GetSecrets = (names: readonly string[]) => Promise<Environment>;

export type LoadOptions<S extends Settings> = {
  readonly getSecrets?: GetSecrets;
  /** Checks rules that involve several settings. `config` lacks the settings that are not valid by themselves. */
  readonly check?: (config: Partial<Config<S>>, context: { readonly envFiles: readonly string[] }) => ConfigIssue[];
};

const addSecrets = async (settings: Settings, env: Environment, getSecrets: GetSecrets): Promise<Environment> => {
  const names = Object.keys(settings).filter(
    (name) => (getVariable(env, name) ?? getVariable(env, toFileVariable(name))) === undefined,
  );
  const secrets = await getSecrets(names);
  return { ...env, ...Object.fromEntries(names.map((name) => [name, secrets[name]])) };
};

const readSecrets = async (settings: Settings, getSecrets: GetSecrets | undefined) => {
  const { env } = process;
  if (!getSecrets) return { env, issues: [] };
  try {
    return { env: await addSecrets(settings, env, getSecrets), issues: [] };
  } catch (error) {
    const problem = `cannot be read (${(error as Error).message})`;
    return { env, issues: [{ name: 'The store of secrets', problem, fix: 'Check its address and your access.' }] };
  }
};

const toValid = <S extends Settings>(values: object, issues: readonly ConfigIssue[]): Partial<Config<S>> => {
  const invalid = new Set(issues.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !invalid.has(name))) as Partial<Config<S>>;
};

/**
 * `load` for the main module of a program. It also reads `.env` in the working directory and in the root of the
 * repository, where a variable that is already set wins. It prints all issues and exits with 1 instead of throwing,
 * and for `--help` prints the settings and exits with 0.
 */
export const loadOrExit = async <const S extends Settings>(
  settings: S,
  { getSecrets, check = () => [] }: LoadOptions<S> = {},
): Promise<Config<S>> => {
  const [, script = '', ...args] = process.argv;
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(renderHelp(`node ${relative(process.cwd(), script)}`, settings));
    return process.exit(0);
  }
  const files = loadEnvFiles(process.cwd());
  const secrets = await readSecrets(settings, getSecrets);
  const { values, issues } = readSettings(settings, secrets.env);
  const ruleIssues = check(toValid<S>(values, issues), { envFiles: files.loaded });
  const allIssues = [...files.issues, ...secrets.issues, ...issues, ...ruleIssues];
  if (allIssues.length > 0) {
    const { message } = new ConfigError(allIssues);
    process.stderr.write(
      `\n${message}\n\nThe program has not started. Every setting is explained in .env.example.\n\n`,
    );
    return process.exit(1);
  }
  return values as Config<S>;
};
