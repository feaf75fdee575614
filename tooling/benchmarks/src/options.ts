import { parseArgs } from 'node:util';
import { type Kind, kinds } from './requests.ts';

/** The command line is wrong; the message says what is accepted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const usual = {
  raw: { kinds: 'get,list,post,patch', loads: '1,32', rounds: '5', seconds: '2' },
  arrivals: { kinds: 'get,list,post,patch', loads: '300,1000', rounds: '5', seconds: '2' },
  tracing: { kinds: 'get,list,post', loads: '1,32', rounds: '5', seconds: '2' },
  overload: { kinds: 'get,list,post', loads: '768,1500', rounds: '5', seconds: '3' },
  regression: { kinds: 'get,list,post,patch', loads: '32', rounds: '7', seconds: '1' },
};
export type Mode = keyof typeof usual;

export const figureModes = ['raw', 'arrivals', 'tracing', 'overload'] as const satisfies Mode[];

export type Options = {
  readonly kinds: readonly Kind[];
  /** Connections, or arrivals per second. */
  readonly loads: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
};

export type Command = {
  readonly modes: readonly { readonly mode: Mode; readonly options: Options }[];
  readonly base: string | undefined;
  readonly profile: boolean;
  readonly write: boolean;
};

export const help = `npm run bench -- <mode> [options]

Modes:
  raw         CPU time of a request, beside a raw server of Fastify and the driver (default)
  arrivals    the same with Poisson arrivals, and latencies
  tracing     CPU time with a tenth of the traces recorded, beside no tracing
  overload    throughput with three and six times as many clients as the platform serves at a time
  regression  CPU time beside another commit; exits with 1 when a request costs a tenth more
  all         all modes but regression

Options:
  --kinds <list>     of ${kinds.join(',')}
  --loads <list>     connections; for arrivals, requests per second
  --rounds <n>       how often each server is loaded
  --seconds <n>      for how long
  --base <commit>    for regression; by default where this branch left origin/main
  --write            writes the figures into docs/performance.md
  --profile          writes a CPU profile of each server to .data/profiles`;

const flags = {
  help: { type: 'boolean', short: 'h', default: false },
  kinds: { type: 'string' },
  loads: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  base: { type: 'string' },
  write: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
} as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: flags });
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}\n\n${help}`, { cause });
  }
};

const toNumber = (name: string, text: string, [min, max]: readonly [number, number]): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} takes numbers from ${min} to ${max}, not '${text}'.`);
};

const toKind = (text: string): Kind => {
  const kind = kinds.find((each) => each === text);
  if (kind) return kind;
  throw new UsageError(`--kinds takes ${kinds.join(', ')}, not '${text}'.`);
};

const toModes = (name: string): readonly Mode[] => {
  if (name === 'all') return figureModes;
  if (Object.hasOwn(usual, name)) return [name as Mode];
  throw new UsageError(`There is no mode '${name}'.\n\n${help}`);
};

/** Parses the command line. Returns 'help' for `--help`. @throws `UsageError`. */
export const readCommand = (args: readonly string[]): Command | 'help' => {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name = 'raw', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`Name one mode.\n\n${help}`);
  const modes = toModes(name).map((mode) => {
    const { kinds: kindList, loads, rounds, seconds } = { ...usual[mode], ...values };
    const options: Options = {
      kinds: [...new Set(kindList.split(',').map(toKind))],
      loads: [...new Set(loads.split(',').map((text) => Math.round(toNumber('loads', text, [1, 20_000]))))],
      rounds: Math.round(toNumber('rounds', rounds, [1, 100])),
      seconds: toNumber('seconds', seconds, [0.2, 60]),
    };
    return { mode, options };
  });
  return { modes, base: values.base, profile: values.profile, write: values.write };
};
