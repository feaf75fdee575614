import { parseArgs } from 'node:util';

/** The command line or the environment is wrong; the message says what is accepted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const profiles = {
  smoke: { readsPerSecond: 100, seconds: 10, summary: 'ten seconds at 100 reads and 20 writes per second' },
  stress: {
    readsPerSecond: 600,
    seconds: 180,
    summary: 'three minutes: climbs to 600 reads and 120 writes per second',
  },
  soak: { readsPerSecond: 150, seconds: 600, summary: 'ten minutes at 150 reads and 30 writes per second' },
};

export type Size = {
  readonly profile: keyof typeof profiles;
  /** Peak rate of reads; a fifth as many writes are sent. */
  readonly readsPerSecond: number;
  readonly seconds: number;
};

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

const toNumber = (flag: string, text: string | undefined, [min, max]: readonly [number, number]) => {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  if (text === undefined || (value >= min && value <= max)) return text === undefined ? undefined : value;
  throw new UsageError(`--${flag} takes a number from ${min} to ${max}, not '${text}'.`);
};

/** Parses the command line. Returns 'help' for `--help`. @throws `UsageError`. */
export const readOptions = (args: readonly string[]): Size | 'help' => {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name = '', ...rest] = positionals;
  if (!Object.hasOwn(profiles, name) || rest.length > 0) throw new UsageError(`Name one profile.\n\n${help}`);
  const profile = name as Size['profile'];
  const minutes = toNumber('minutes', values.minutes, [0.05, 24 * 60]);
  const rate = toNumber('rate', values.rate, [1, 5000]);
  return {
    profile,
    readsPerSecond: Math.round(rate ?? profiles[profile].readsPerSecond),
    seconds: Math.round(minutes === undefined ? profiles[profile].seconds : minutes * 60),
  };
};
