import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { z } from 'zod';

/** The command line or the environment is wrong; the message says what is accepted. */
export class UsageError extends Error {}

type Command<Name extends string, Schema extends z.ZodType> = {
  /** The usual options of each name. The first name is used when there is none. */
  readonly usual: Readonly<Record<Name, object>>;
  readonly flags: ParseArgsOptionsConfig;
  readonly schema: Schema;
};

/** Parses `[name] [flags]`. Flags replace the usual options of the name. @throws `UsageError`. */
export const readCommand = <Name extends string, Schema extends z.ZodType>(
  args: readonly string[],
  { usual, flags, schema }: Command<Name, Schema>,
): { name: Name; options: z.output<Schema> } => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: flags });
    const names = Object.keys(usual) as [Name];
    const [name] = z.tuple([z.enum(names)]).parse(positionals.length > 0 ? positionals : [names[0]]);
    return { name, options: schema.parse({ ...usual[name], ...values }) };
  } catch (cause) {
    const message = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new UsageError(`${message}\nThe same command with --help lists what is accepted.`, { cause });
  }
};

/** Runs a command on the databases that `npm run` has started, and prints its error. A signal sets the exit code 130. */
export const runCommand = async (
  run: (databases: { readonly mongodbUri: string; readonly redisUrl: string }) => Promise<void>,
): Promise<void> => {
  const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;
  try {
    await run({ mongodbUri, redisUrl });
  } catch (error) {
    if (process.exitCode === 130) return console.error('Stopped.');
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  }
};
