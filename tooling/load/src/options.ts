import { z } from 'zod';
import { readCommand } from './command-line.ts';

const usual = {
  smoke: { rate: 100, minutes: 1 / 6 },
  stress: { rate: 600, minutes: 3 },
  soak: { rate: 150, minutes: 10 },
};
const flags = { minutes: { type: 'string' }, rate: { type: 'string' } } as const;
const minutesMax = 24 * 60;
const schema = z.object({
  minutes: z.coerce.number().min(0.05).max(minutesMax),
  /** Peak rate of reads; a fifth as many writes are sent. */
  rate: z.coerce.number().int().min(1).max(5000),
});

/** Parses the command line. @throws `UsageError`. */
export const readOptions = (args: readonly string[]) => {
  const { name: profile, options } = readCommand(args, { usual, flags, schema });
  return { profile, readsPerSecond: options.rate, seconds: Math.round(60 * options.minutes) };
};

export type Size = ReturnType<typeof readOptions>;
