import { parseArgs } from 'node:util';
import { ConfigError, load } from '@plinth/config';
import { StartupError } from '@plinth/data-kit';
import { connectMongo } from '@plinth/mongo';
import { type Module, serviceSettings, systemIds } from '@plinth/service-kit';
import { commands } from './db/commands.ts';
import { modules as allModules } from './modules.ts';

const usage = 'Use: npm run db -- status|migrate|check|repair|seed [--module <name>] [--dry-run] [--contract]';

const { MONGODB_URI, MONGODB_POOL_SIZE, MONGODB_DATABASE_PREFIX } = serviceSettings;

/** A fault of the arguments: what is wrong, and the form that they have. */
class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(`${message}\n${usage}`);
  }
}

const parse = (args: readonly string[]) => {
  const flag = { type: 'boolean', default: false } as const;
  const options = { module: { type: 'string' }, 'dry-run': flag, contract: flag } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const chosenModules = (name: string | undefined): readonly Module[] => {
  const chosen = allModules.filter((module) => name === undefined || module.name === name);
  if (chosen.length > 0) return chosen;
  throw new UsageError(`--module is one of ${allModules.map((module) => module.name).join(', ')}; '${name}' is not.`);
};

const read = (args: readonly string[]) => {
  const { values, positionals } = parse(args);
  const [name = '', ...rest] = positionals;
  const command = Object.entries(commands).find(([known]) => known === name)?.[1];
  if (!command || rest.length > 0) throw new UsageError(`There is no command '${positionals.join(' ')}'.`);
  if (name !== 'migrate' && (values['dry-run'] || values.contract)) {
    throw new UsageError(`--dry-run and --contract are for migrate; '${name}' does not take them.`);
  }
  return { command, modules: chosenModules(values.module), contract: values.contract, dryRun: values['dry-run'] };
};

const main = async (args: readonly string[]): Promise<boolean> => {
  const { command, ...asked } = read(args);
  const config = load({ MONGODB_URI, MONGODB_POOL_SIZE, MONGODB_DATABASE_PREFIX });
  // Nothing here lists documents, so no cursor is signed that anybody else would have to read.
  const datastore = await connectMongo({ ...config, CURSOR_SECRET: systemIds.next() });
  try {
    return await command({ ...asked, datastore, print: (line) => void process.stdout.write(`${line}\n`) });
  } finally {
    await datastore.close();
  }
};

/** One sentence for what was foreseen; where it was thrown for what was not. */
const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const isForeseen = [StartupError, UsageError, ConfigError].some((kind) => error instanceof kind);
  return isForeseen ? error.message : (error.stack ?? error.message);
};

try {
  if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${textOf(error)}\n`);
  process.exitCode = 1;
}
