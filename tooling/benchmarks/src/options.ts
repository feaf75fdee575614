import { parseArgs } from 'node:util';
import { type Read, reads, type Write, writes } from './kinds.ts';

export type Options = {
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  readonly connections: readonly number[];
  /** Rates of Poisson arrivals, in requests a second. */
  readonly arrivals: readonly number[];
  /** What the moments of arrivals follow from. */
  readonly seed: number;
  readonly rounds: number;
  /** How long one slice of load is measured. */
  readonly sliceMs: number;
  /** Rewrites the figures of docs/performance.md. */
  readonly write: boolean;
};

/** What was asked for is not possible; the message says what is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Flag = { readonly name: string; readonly text: string; readonly min: number; readonly max: number };

const numberOf = ({ name, text, min, max }: Flag): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${name} takes numbers from ${min} to ${max}; '${text}' is not one.`);
};

const wholeOf = (flag: Flag): number => {
  const value = numberOf(flag);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`--${flag.name} takes whole numbers; '${flag.text}' is not one.`);
};

/** Without text, none. */
const partsOf = <T>(text: string | undefined, read: (part: string) => T): T[] =>
  text === undefined ? [] : [...new Set(text.split(',').map(read))];

const wholesOf = ({ text, ...flag }: Omit<Flag, 'text'> & { readonly text: string | undefined }): number[] =>
  partsOf(text, (part) => wholeOf({ ...flag, text: part }));

type Names<T> = { readonly name: string; readonly text: string | undefined; readonly legal: readonly T[] };

const namesOf = <T extends string>({ name, text, legal }: Names<T>): T[] =>
  partsOf(text, (part) => {
    const known = legal.find((each) => each === part);
    if (known) return known;
    throw new UsageError(`--${name} takes ${legal.join(', ')}; '${part}' is none of them.`);
  });

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        reads: { type: 'string' },
        writes: { type: 'string' },
        connections: { type: 'string' },
        arrivals: { type: 'string' },
        seed: { type: 'string', default: '1' },
        rounds: { type: 'string' },
        slice: { type: 'string' },
        write: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
};

const usual = { connections: '1,8,32', arrivals: '300,1000', rounds: '3', slice: '1.2' };
const quick = { connections: '32', arrivals: '500', rounds: '2', slice: '0.5' };

export const connectionsMax = 512;

/**
 * Reads the command line. Who says what to measure gets that and nothing else; otherwise everything is measured.
 * The defaults end within five minutes, those of `--quick` within one.
 */
export const readOptions = (args: readonly string[]): Options => {
  const flags = parse(args);
  const sizes = flags.quick ? quick : usual;
  const isChosen = [flags.reads, flags.writes, flags.arrivals].some((flag) => flag !== undefined);
  const chosen = isChosen ? flags : { reads: reads.join(), writes: writes.join(), arrivals: sizes.arrivals };
  const connections = flags.connections ?? sizes.connections;
  return {
    reads: namesOf({ name: 'reads', text: chosen.reads, legal: reads }),
    writes: namesOf({ name: 'writes', text: chosen.writes, legal: writes }),
    connections: wholesOf({ name: 'connections', text: connections, min: 1, max: connectionsMax }),
    arrivals: wholesOf({ name: 'arrivals', text: chosen.arrivals, min: 1, max: 20_000 }),
    seed: wholeOf({ name: 'seed', text: flags.seed, min: 0, max: 1_000_000 }),
    rounds: wholeOf({ name: 'rounds', text: flags.rounds ?? sizes.rounds, min: 1, max: 100 }),
    sliceMs: numberOf({ name: 'slice', text: flags.slice ?? sizes.slice, min: 0.2, max: 30 }) * 1000,
    write: flags.write,
  };
};

const modes = {
  waterfall: { reads: 'health,get,list', writes: 'post,patch', connections: '1,32', rounds: '3', slice: '1' },
  overload: { reads: 'list,get', writes: 'post', connections: '32', rounds: '3', slice: '3' },
  tracing: { reads: 'get,list', writes: 'post', connections: '1,32', rounds: '5', slice: '1' },
};

/** What is measured in other ways than beside the raw server only: where the time goes, and what traces cost. */
export type Mode = keyof typeof modes;

/** The mode that the command line names, if it does. */
export const modeOf = (args: readonly string[]): Mode | undefined =>
  (Object.keys(modes) as Mode[]).find((mode) => args.includes(`--${mode}`));

/** Reads the command line of a mode, which takes the flags of connections and its own. */
export const readModeOptions = (mode: Mode, args: readonly string[]): Options => {
  const { reads, writes, ...sizes } = modes[mode];
  const own = args.filter((arg) => arg !== `--${mode}`);
  const isChosen = own.includes('--reads') || own.includes('--writes');
  const usual = Object.entries({ ...sizes, ...(!isChosen && { reads, writes }) });
  const options = readOptions([...usual.flatMap(([name, value]) => [`--${name}`, value]), ...own]);
  if (options.arrivals.length === 0) return options;
  throw new UsageError(`--${mode} is measured with connections; leave --arrivals out.`);
};
