import { parseArgs } from 'node:util';
import { UsageError } from '../command-line.ts';
import type { commands, JobOptions } from './commands.ts';

type CommandName = keyof typeof commands;

type Arguments = JobOptions & { readonly command: CommandName; readonly module: string | undefined };

export const usage =
  'Usage: npm run jobs -- list|dead|show|retry|drop|pause|resume [<id> …|<name> …] [--module <module>] [dead: --name <name> --limit <n>] [retry, drop: --all --name <name>] [drop: --yes]';

const limitMax = 1000;

const options = {
  module: { type: 'string' },
  name: { type: 'string' },
  limit: { type: 'string' },
  all: { type: 'boolean' },
  yes: { type: 'boolean' },
} as const;

type OptionName = keyof typeof options;

const acceptedOptions: Readonly<Record<CommandName, readonly OptionName[]>> = {
  list: ['module'],
  dead: ['module', 'name', 'limit'],
  show: ['module'],
  retry: ['module', 'name', 'all'],
  drop: ['module', 'name', 'all', 'yes'],
  pause: ['module'],
  resume: ['module'],
};

const isCommand = (name: string): name is CommandName => Object.hasOwn(acceptedOptions, name);

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message, usage);
  }
};

const readLimit = (text = '20'): number => {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= limitMax) return limit;
  throw new UsageError(`--limit is a number from 1 to ${limitMax}; '${text}' is not.`, usage);
};

/** Returns why the ids and `--all` do not fit the command. */
const findMistake = (command: CommandName, { args, all, name }: JobOptions): string | undefined => {
  switch (command) {
    case 'list':
    case 'dead':
      return args.length > 0 ? `'${command}' accepts no argument.` : undefined;
    case 'show':
      return args.length === 1 ? undefined : "'show' needs the id of one message.";
    case 'pause':
    case 'resume':
      return args.length > 0 ? undefined : `'${command}' needs the name of a consumer.`;
    default:
      if (all === args.length > 0) return `'${command}' needs either the ids of messages or --all.`;
      return name !== undefined && !all ? `'${command}' accepts --name only with --all.` : undefined;
  }
};

/** @throws `UsageError` when a command does not accept the arguments. */
export const readArguments = (argv: readonly string[]): Arguments => {
  const { values, positionals } = parse(argv);
  const [command = '', ...others] = positionals;
  if (!isCommand(command)) throw new UsageError(`There is no command '${command}'.`, usage);
  const refused = Object.keys(values).find((option) => !acceptedOptions[command].includes(option as OptionName));
  if (refused !== undefined) throw new UsageError(`'${command}' does not accept --${refused}.`, usage);
  const { module, name, limit, all = false, yes = false } = values;
  const read: Arguments = { command, module, args: [...new Set(others)], name, limit: readLimit(limit), all, yes };
  const mistake = findMistake(command, read);
  if (mistake !== undefined) throw new UsageError(mistake, usage);
  return read;
};
