// `npm run gen -- <what> <names>`: writes a domain, a resource, an operation, an event or a migration, or removes a domain.
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addDomain, assertDomain, removeDomain } from './domain.ts';
import { UsageError } from './names.ts';
import { addEvent, addMigration, addOperation } from './parts.ts';
import { createPlan, type Plan } from './plan.ts';
import { addResource } from './resource.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

type Options = { readonly singular?: string | undefined; readonly parent?: string | undefined };

type Generator = {
  /** The names on the command line, in order, with an example of each. */
  readonly names: Readonly<Record<string, string>>;
  /** Plans the files. Returns the next steps. */
  readonly plan: (plan: Plan, names: readonly string[], options: Options) => string[];
};

const ofDomain = { 'the domain': 'orders' };

const generators: Readonly<Record<string, Generator>> = {
  domain: {
    names: { 'the domain, in the plural': 'invoices' },
    plan: (plan, [plural = ''], { singular }) => addDomain(plan, plural, singular),
  },
  resource: {
    names: { ...ofDomain, 'the resource, in the plural': 'coupons' },
    plan: (plan, [domain = '', plural = ''], options) => {
      assertDomain(plan, domain);
      return addResource(plan, { domain, plural, ...options });
    },
  },
  operation: {
    names: { ...ofDomain, 'a verb and the resource': 'return-order' },
    plan: (plan, [domain = '', name = '']) => addOperation(plan, { domain, name }),
  },
  event: {
    names: { ...ofDomain, 'the resource and a past participle': 'order-returned' },
    plan: (plan, [domain = '', name = '']) => addEvent(plan, { domain, name }),
  },
  migration: {
    names: { ...ofDomain, 'its purpose': 'add-reference' },
    plan: (plan, [domain = '', name = '']) => addMigration(plan, { domain, name }),
  },
  'remove domain': { names: ofDomain, plan: (plan, [name = '']) => removeDomain(plan, name) },
};

/** Asks in a terminal. @throws `UsageError` when the input ends. */
const ask = async (questions: readonly string[]): Promise<string[]> => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answers: string[] = [];
  try {
    for (const question of questions) answers.push((await terminal.question(question)).trim());
  } catch (cause) {
    throw new UsageError('\nNothing was written.', { cause });
  } finally {
    terminal.close();
  }
  return answers;
};

const isTerminal = process.stdin.isTTY && process.stdout.isTTY;

/** Asks for each missing name. @throws `UsageError` when there is no terminal, or more names than expected. */
const complete = async (given: readonly string[], expected: readonly string[]): Promise<string[]> => {
  const extra = given[expected.length];
  if (extra !== undefined) throw new UsageError(`'${extra}' is one name too many.`);
  const missing = expected.slice(given.length);
  if (missing.length > 0 && !isTerminal) throw new UsageError(`Name ${missing.join(', then ')}.`);
  return missing.length === 0 ? [...given] : [...given, ...(await ask(missing.map((name) => `Name ${name}: `)))];
};

const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}` };

/** Runs a tool after the files are written. */
const run = (command: string, ...args: readonly string[]): void => {
  try {
    execFileSync(command, args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    throw new UsageError(`The files are written, but ${command} failed: ${stdout || stderr || message}`);
  }
};

/** Formats the files, and updates the packages, the lock file and the generated documents. */
const finish = (written: readonly string[]): void => {
  const sources = written.filter((path) => /\.(?:ts|json)$/.test(path));
  run('biome', 'check', '--write', '--linter-enabled=false', ...sources);
  if (written.some((path) => path.endsWith('package.json')))
    run('pnpm', 'install', '--no-frozen-lockfile', '--prefer-offline');
  run('node', 'apps/platform/src/artifacts/write.ts');
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      singular: { type: 'string' },
      parent: { type: 'string' },
    },
  });
  const words = await complete(positionals.slice(0, 1), [`what to generate (${Object.keys(generators).join(', ')})`]);
  const kind = [...words[0]!.split(' '), ...positionals.slice(1)];
  const name = Object.keys(generators).find((key) => `${kind.join(' ')} `.startsWith(`${key} `));
  const generator = generators[name ?? ''];
  if (!name || !generator)
    throw new UsageError(`'${kind.join(' ')}' is not one of ${Object.keys(generators).join(', ')}.`);
  const questions = Object.entries(generator.names).map(([what, example]) => `${what} (such as ${example})`);
  const names = await complete(kind.slice(name.split(' ').length), questions);
  const plan = createPlan(root);
  const next = generator.plan(plan, names, values);
  process.stdout.write(`${plan.describe().join('\n')}\n`);
  if (values['dry-run']) return void process.stdout.write('\nNothing was written: --dry-run.\n');
  if (plan.removesFiles() && isTerminal) {
    const [answer] = await ask(['Remove them, including what was never committed (yes, no)? ']);
    if (answer !== 'yes') throw new UsageError('Nothing was removed.');
  }
  finish(plan.write());
  process.stdout.write(`\nNext:\n${next.map((line) => `- ${line}\n`).join('')}`);
};

try {
  await main();
} catch (error) {
  const isParseError = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  if (!isParseError && !(error instanceof UsageError)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  if (isParseError) process.stderr.write('The same command with --help lists what is accepted.\n');
  process.exitCode = 1;
}
