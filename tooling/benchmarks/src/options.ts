import { parseArgs } from 'node:util';

export const reads = ['get', 'list', 'health'] as const;
export type Read = (typeof reads)[number];

export type Options = {
  readonly reads: readonly Read[];
  readonly connections: readonly number[];
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

const readOf = (text: string): Read => {
  const read = reads.find((name) => name === text);
  if (read) return read;
  throw new UsageError(`--reads takes ${reads.join(', ')}; '${text}' is none of them.`);
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        reads: { type: 'string', default: reads.join() },
        connections: { type: 'string' },
        rounds: { type: 'string' },
        slice: { type: 'string' },
        write: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
};

/** Reads the command line. The defaults end within three minutes, those of `--quick` within forty seconds. */
export const readOptions = (args: readonly string[]): Options => {
  const flags = parse(args);
  const { connections, rounds, slice } = flags.quick
    ? { connections: '32', rounds: '3', slice: '0.8' }
    : { connections: '1,8,32', rounds: '4', slice: '1.5' };
  const counts = (flags.connections ?? connections)
    .split(',')
    .map((text) => wholeOf({ name: 'connections', text, min: 1, max: 512 }));
  return {
    reads: [...new Set(flags.reads.split(',').map(readOf))],
    connections: [...new Set(counts)],
    rounds: wholeOf({ name: 'rounds', text: flags.rounds ?? rounds, min: 1, max: 100 }),
    sliceMs: numberOf({ name: 'slice', text: flags.slice ?? slice, min: 0.2, max: 30 }) * 1000,
    write: flags.write,
  };
};
