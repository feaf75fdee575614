import { parseArgs } from 'node:util';
import { type Profile, profiles, type Size } from './k6-options.ts';

/** The command line is wrong; the message says what is accepted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const help = `npm run load -- ${Object.keys(profiles).join('|')} [--minutes <n>] [--rate <reads per second>]

${Object.entries(profiles)
  .map(([name, { summary }]) => `  ${name.padEnd(8)}${summary}`)
  .join('\n')}

It needs k6 on PATH (https://k6.io) or a running Docker daemon, and exits with 1 when a threshold is crossed.`;

const parse = (args: readonly string[]) => {
  const options = {
    help: { type: 'boolean', short: 'h' },
    minutes: { type: 'string' },
    rate: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}\n\n${help}`, { cause });
  }
};

type Flag = { readonly name: string; readonly text: string | undefined; readonly min: number; readonly max: number };

const toNumber = ({ name, text, min, max }: Flag): number | undefined => {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} takes a number from ${min} to ${max}, not '${text}'.`);
};

const isProfile = (text: string | undefined): text is Profile => text !== undefined && Object.hasOwn(profiles, text);

/** Reads the command line; 'help' when it asks for help. @throws `UsageError`. */
export const readOptions = (args: readonly string[]): Size | 'help' => {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [profile, ...rest] = positionals;
  if (!isProfile(profile) || rest.length > 0) throw new UsageError(`Name one profile.\n\n${help}`);
  const minutes = toNumber({ name: 'minutes', text: values.minutes, min: 0.05, max: 24 * 60 });
  const rate = toNumber({ name: 'rate', text: values.rate, min: 1, max: 5000 });
  const { perSecond, seconds } = profiles[profile];
  return {
    profile,
    perSecond: Math.round(rate ?? perSecond),
    seconds: minutes === undefined ? seconds : Math.round(minutes * 60),
  };
};
