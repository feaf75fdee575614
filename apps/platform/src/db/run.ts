import { parseArgs } from 'node:util';
import { StartupError } from '@plinth/data-kit';
import { connectMongo } from '@plinth/mongo';
import { checkSettings, databaseSettings, systemIds } from '@plinth/service-kit';
import { type RunOptions, selectModules, toExitCode, UsageError } from '../command-line.ts';
import { modules as allModules } from '../modules.ts';
import { type CommandOptions, commands } from './commands.ts';
import { renderRolesScript } from './roles-script.ts';

const usage =
  'Usage: npm run db -- status|migrate|check|repair|seed|roles [--module <name>] [migrate: --dry-run --contract] [repair: --drop-indexes]';

const parse = (args: readonly string[]) => {
  const flag = { type: 'boolean', default: false } as const;
  const options = { module: { type: 'string' }, 'dry-run': flag, contract: flag, 'drop-indexes': flag } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message, usage);
  }
};

const read = (args: readonly string[]) => {
  const { values, positionals } = parse(args);
  const [name = '', ...rest] = positionals;
  const command = Object.entries(commands).find(([known]) => known === name)?.[1];
  if ((!command && name !== 'roles') || rest.length > 0)
    throw new UsageError(`There is no command '${positionals.join(' ')}'.`, usage);
  const { contract, 'dry-run': dryRun, 'drop-indexes': dropIndexes } = values;
  if (name !== 'migrate' && (dryRun || contract)) {
    throw new UsageError(`--dry-run and --contract are for migrate; '${name}' does not accept them.`, usage);
  }
  if (name !== 'repair' && dropIndexes) {
    throw new UsageError(`--drop-indexes is for repair; '${name}' does not accept it.`, usage);
  }
  const options: CommandOptions = {
    modules: selectModules(allModules, values.module, usage),
    contract,
    dryRun,
    dropIndexes,
  };
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

/** Runs a command of `npm run db`. Returns the exit code of its process. */
export const runDb = (args: readonly string[], options: RunOptions): Promise<0 | 1> =>
  toExitCode(() => runCommand(args, options), options);
