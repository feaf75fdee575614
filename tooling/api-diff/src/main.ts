// `npm run contracts -- diff [--base <commit>] [--json]`: compares the contracts of the sources with an earlier commit.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readBase, readPresent, UsageError } from './base.ts';
import { findCarriedBump } from './bumps.ts';
import { createComparison } from './compare.ts';
import { createReport } from './report.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const run = (): void => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { base: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  if (positionals.join(' ') !== 'diff') throw new UsageError('Name what to do: npm run contracts -- diff');
  const [base, present] = [readBase(root, values.base), readPresent(root)];
  const today = new Date().toISOString().slice(0, 10);
  // The sources replace each missing part of the base, so that it is not compared.
  const { asyncapi, contracts } = present.snapshots;
  const before = {
    asyncapi,
    ...base.snapshots,
    contracts: { ...contracts, ...base.snapshots.contracts },
  };
  const changes = createComparison(before, today)(present.snapshots);
  const against = `${base.description} (${base.commit.slice(0, 7)})`;
  const carried = findCarriedBump(base, present);
  const { text, isAllowed } = createReport(changes, { against, version: base.version, carried });
  process.stdout.write(values.json ? `${JSON.stringify(changes, undefined, 2)}\n` : text);
  if (!isAllowed) process.exitCode = 1;
};

try {
  run();
} catch (error) {
  const isParseError = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  if (!isParseError && !(error instanceof UsageError)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  if (isParseError) process.stderr.write('The same command with --help lists what is accepted.\n');
  process.exitCode = 1;
}
