import { parseArgs } from 'node:util';
import type { loadOrExit } from '@plinth/config';
import { StartupError } from '@plinth/data-kit';
import { connectMongo } from '@plinth/mongo';
import { checkSettings, type Module, systemIds } from '@plinth/service-kit';
import { modules as allModules } from '../modules.ts';
import { databaseSettings } from '../settings.ts';
import { type CommandOptions, commands } from './commands.ts';
import { renderRolesScript } from './roles-script.ts';

export type RunOptions = {
  readonly load: typeof loadOrExit;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
};

const usage =
  'Usage: npm run db -- status|migrate|check|repair|seed|roles [--module <name>] [migrate: --dry-run --contract] [repair: --drop-indexes]';

/** The arguments are wrong. The message also shows the usage. */
class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(`${message}\n${usage}`);
  }
}

const parse = (args: readonly string[]) => {
  const flag = { type: 'boolean', default: false } as const;
  const options = { module: { type: 'string' }, 'dry-run': flag, contract: flag, 'drop-indexes': flag } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const selectModules = (name: string | undefined): readonly Module[] => {
  const selected = allModules.filter((module) => name === undefined || module.name === name);
  if (selected.length > 0) return selected;
  throw new UsageError(`--module is one of ${allModules.map((module) => module.name).join(', ')}; '${name}' is not.`);
};

const read = (args: readonly string[]) => {
  const { values, positionals } = parse(args);
  const [name = '', ...rest] = positionals;
  const command = Object.entries(commands).find(([known]) => known === name)?.[1];
  if ((!command && name !== 'roles') || rest.length > 0)
    throw new UsageError(`There is no command '${positionals.join(' ')}'.`);
  const { contract, 'dry-run': dryRun, 'drop-indexes': dropIndexes } = values;
  if (name !== 'migrate' && (dryRun || contract)) {
    throw new UsageError(`--dry-run and --contract are for migrate; '${name}' does not accept them.`);
  }
  if (name !== 'repair' && dropIndexes) {
    throw new UsageError(`--drop-indexes is for repair; '${name}' does not accept it.`);
  }
  const options: CommandOptions = { modules: selectModules(values.module), contract, dryRun, dropIndexes };
  return { name, command, options };
};

const printRoles = async ({ modules }: CommandOptions, { load, print }: RunOptions): Promise<boolean> => {
  const { MONGODB_DATABASE_PREFIX } = databaseSettings;
  const { MONGODB_DATABASE_PREFIX: databasePrefix = '' } = await load({ MONGODB_DATABASE_PREFIX });
  print(renderRolesScript({ modules, databasePrefix }));
  return true;
};

const runCommand = async (args: readonly string[], run: RunOptions): Promise<boolean> => {
  const { name, command, options } = read(args);
  if (!command) return printRoles(options, run);
  const config = await run.load(databaseSettings, { check: checkSettings });
  if (name === 'seed' && config.NODE_ENV === 'production' && !config.ALLOW_INSECURE?.includes('demo-data')) {
    throw new StartupError(
      'seed adds users whose ids are public, so production refuses it. Add demo-data to ALLOW_INSECURE to allow it.',
    );
  }
  // No command lists documents, so no cursor is made and any secret serves.
  const datastore = await connectMongo({ ...config, CURSOR_SECRET: systemIds.next() });
  try {
    return await command({ ...options, datastore, print: (line) => run.print(`${line}\n`) });
  } finally {
    await datastore.close();
  }
};

/** Returns the message of an expected error, and the stack of any other. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const isExpected = [StartupError, UsageError].some((kind) => error instanceof kind);
  return isExpected ? error.message : (error.stack ?? error.message);
};

/** Runs a command of `npm run db`. Returns the exit code of its process. */
export const runDb = async (args: readonly string[], options: RunOptions): Promise<0 | 1> => {
  try {
    return (await runCommand(args, options)) ? 0 : 1;
  } catch (error) {
    options.printError(`${describe(error)}\n`);
    return 1;
  }
};
