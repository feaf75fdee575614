import { readCommand } from '@plinth/load';
import { z } from 'zod';
import { kinds } from './requests.ts';

const usual = {
  raw: { loads: '1,32', rounds: '5', seconds: '2' },
  arrivals: { loads: '300,1000', rounds: '5', seconds: '2' },
  tracing: { loads: '1,32', rounds: '5', seconds: '2' },
  overload: { loads: '768,1500', rounds: '5', seconds: '3' },
  regression: { loads: '32', rounds: '7', seconds: '1' },
};
export type Mode = keyof typeof usual;

/** A list separated by commas, without repetitions. */
const list = <T>(item: z.ZodType<T>) =>
  z.preprocess((text: string) => [...new Set(text.split(','))], z.array(item).readonly());

const schema = z.object({
  kinds: list(z.enum(kinds)),
  /** Connections, or arrivals per second. */
  loads: list(z.coerce.number().int().min(1).max(20_000)),
  rounds: z.coerce.number().int().min(1).max(100),
  seconds: z.coerce.number().min(0.2).max(60),
  base: z.string(),
  write: z.boolean(),
  profile: z.boolean(),
});
export type Options = Pick<z.infer<typeof schema>, 'kinds' | 'loads' | 'rounds' | 'seconds'>;
export type ModeOptions = Options & { readonly log: (line: string) => void };

const flags = {
  kinds: { type: 'string', default: kinds.join(',') },
  loads: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  base: { type: 'string', default: 'origin/main' },
  write: { type: 'boolean', default: false },
  profile: { type: 'boolean', default: false },
} as const;

/** Parses the command line. @throws `UsageError`. */
export const readOptions = (args: readonly string[]) => readCommand(args, { usual, flags, schema });
