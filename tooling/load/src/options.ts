import { parseArgs } from 'node:util';

/** The command line or the environment is wrong; the message says what is accepted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const profiles = {
  smoke: { readsPerSecond: 100, minutes: 1 / 6 },
  stress: { readsPerSecond: 600, minutes: 3 },
  soak: { readsPerSecond: 150, minutes: 10 },
};

export type Size = {
  readonly profile: keyof typeof profiles;
  /** Peak rate of reads; a fifth as many writes are sent. */
  readonly readsPerSecond: number;
  readonly seconds: number;
};

export const help = `npm run load -- smoke|stress|soak [--minutes <n>] [--rate <reads per second>]

  smoke   ten seconds at 100 reads and 20 writes per second
  stress  three minutes: climbs to 600 reads and 120 writes per second
  soak    ten minutes at 150 reads and 30 writes per second

It needs k6 on PATH (https://k6.io) or a running Docker daemon, and exits with 1 when a threshold is crossed.`;

const flags = { help: { type: 'boolean', short: 'h' }, minutes: { type: 'string' }, rate: { type: 'string' } } as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: flags });
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n\n${help}`, { cause });
  }
};

const toNumber = (flag: string, text: string, [min, max]: readonly [number, number]): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${flag} takes a number from ${min} to ${max}, not '${text}'.`);
};

/** Parses the command line. Returns 'help' for `--help`. @throws `UsageError`. */
export const readOptions = (args: readonly string[]): Size | 'help' => {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name = '', ...rest] = positionals;
  if (!Object.hasOwn(profiles, name) || rest.length > 0) throw new UsageError(`Name one profile.\n\n${help}`);
  const profile = name as Size['profile'];
  const { minutes, readsPerSecond } = profiles[profile];
  return {
    profile,
    readsPerSecond: Math.round(toNumber('rate', values.rate ?? `${readsPerSecond}`, [1, 5000])),
    seconds: Math.round(60 * toNumber('minutes', values.minutes ?? `${minutes}`, [0.05, 24 * 60])),
  };
};
