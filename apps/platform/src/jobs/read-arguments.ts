import { parseArgs } from 'node:util';
import { UsageError } from '../command-line.ts';
import type { commands, MessageOptions } from './commands.ts';

type CommandName = keyof typeof commands;

type Arguments = MessageOptions & { readonly command: CommandName; readonly module: string | undefined };

export const usage =
  'Usage: npm run jobs -- list|dead|show|retry|drop [<id> …] [--module <name>] [dead: --consumer <name> --limit <n>] [retry, drop: --all --consumer <name>] [drop: --yes]';

const limitMax = 1000;

const options = {
  module: { type: 'string' },
  consumer: { type: 'string' },
  limit: { type: 'string' },
  all: { type: 'boolean' },
  yes: { type: 'boolean' },
} as const;

type OptionName = keyof typeof options;

const acceptedOptions: Readonly<Record<CommandName, readonly OptionName[]>> = {
  list: ['module'],
  dead: ['module', 'consumer', 'limit'],
  show: ['module'],
  retry: ['module', 'consumer', 'all'],
  drop: ['module', 'consumer', 'all', 'yes'],
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
const findMistake = (command: CommandName, { ids, all, consumer }: MessageOptions): string | undefined => {
  switch (command) {
    case 'list':
    case 'dead':
      return ids.length > 0 ? `'${command}' accepts no ids.` : undefined;
    case 'show':
      return ids.length === 1 ? undefined : "'show' needs the id of one message.";
    default:
      if (all === ids.length > 0) return `'${command}' needs either the ids of messages or --all.`;
      return consumer !== undefined && !all ? `'${command}' accepts --consumer only with --all.` : undefined;
  }
};

/** @throws `UsageError` when a command does not accept the arguments. */
export const readArguments = (args: readonly string[]): Arguments => {
  const { values, positionals } = parse(args);
  const [command = '', ...ids] = positionals;
  if (!isCommand(command)) throw new UsageError(`There is no command '${command}'.`, usage);
  const refused = Object.keys(values).find((name) => !acceptedOptions[command].includes(name as OptionName));
  if (refused !== undefined) throw new UsageError(`'${command}' does not accept --${refused}.`, usage);
  const { module, consumer, limit, all = false, yes = false } = values;
  const read: Arguments = { command, module, ids: [...new Set(ids)], consumer, limit: readLimit(limit), all, yes };
  const mistake = findMistake(command, read);
  if (mistake !== undefined) throw new UsageError(mistake, usage);
  return read;
};
