import { parseArgs } from 'node:util';
import { z } from 'zod';
import { kinds } from './requests.ts';

/** The command line is wrong; the message says what is accepted. */
export class UsageError extends Error {}

const usual = {
  raw: { kinds: 'get,list,post,patch', loads: '1,32', rounds: '5', seconds: '2' },
  arrivals: { kinds: 'get,list,post,patch', loads: '300,1000', rounds: '5', seconds: '2' },
  tracing: { kinds: 'get,list,post', loads: '1,32', rounds: '5', seconds: '2' },
  overload: { kinds: 'get,list,post', loads: '768,1500', rounds: '5', seconds: '3' },
  regression: { kinds: 'get,list,post,patch', loads: '32', rounds: '7', seconds: '1' },
};
export type Mode = keyof typeof usual;

/** The modes whose figures docs/performance.md has. */
export const figureModes = ['raw', 'arrivals', 'tracing', 'overload'] as const satisfies Mode[];

/** A list separated by commas, without repetitions. */
const list = <T>(item: z.ZodType<T>) =>
  z.preprocess((text: string) => [...new Set(text.split(','))], z.array(item).readonly());

const Options = z.object({
  kinds: list(z.enum(kinds)),
  /** Connections, or arrivals per second. */
  loads: list(z.coerce.number().int().min(1).max(20_000)),
  rounds: z.coerce.number().int().min(1).max(100),
  seconds: z.coerce.number().min(0.2).max(60),
});
export type Options = z.infer<typeof Options>;
export type ModeOptions = Options & { readonly log: (line: string) => void };

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
  --base <commit>    for regression: where this branch left it is compared; by default origin/main
  --write            writes the figures into docs/performance.md
  --profile          writes a CPU profile of each server to .data/profiles`;

const parse = (args: string[]) => {
  const options = {
    help: { type: 'boolean', short: 'h' },
    kinds: { type: 'string' },
    loads: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    base: { type: 'string', default: 'origin/main' },
    write: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}\n\n${help}`, { cause });
  }
};

/** Parses the command line. Returns 'help' for `--help`. @throws `UsageError`. */
export const readCommand = (args: string[]) => {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const [name = 'raw', ...rest] = positionals;
  const isMode = name === 'all' || Object.hasOwn(usual, name);
  if (!isMode || rest.length > 0) throw new UsageError(`Name one mode.\n\n${help}`);
  const modes = (name === 'all' ? figureModes : [name as Mode]).map((mode) => {
    const { data: options, error } = Options.safeParse({ ...usual[mode], ...values });
    if (error)
      throw new UsageError(error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`).join('\n'));
    return { mode, options };
  });
  return { modes, base: values.base, profile: values.profile, write: values.write };
};
