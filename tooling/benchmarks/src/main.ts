// `npm run bench -- raw|arrivals|tracing|overload|regression`
import { readFile, writeFile } from 'node:fs/promises';
import { runCommand, UsageError } from '@plinth/load';
import { runOverload, runRaw, runTracing } from './modes.ts';
import { type Mode, type ModeOptions, readOptions } from './options.ts';
import { findSlower, runRegression } from './regression.ts';
import { describeConditions, replaceFigures, toComparisonTable, toOverloadTable } from './report.ts';
import { type Lab, openLab } from './servers.ts';

const performancePage = new URL('../../../docs/performance.md', import.meta.url);

/** Each runs a mode and returns its figures as Markdown. */
const runs: Readonly<Record<Mode, (lab: Lab, options: ModeOptions, base: string) => Promise<string>>> = {
  raw: async (lab, options) => toComparisonTable(await runRaw(lab, options)),
  arrivals: async (lab, options) => toComparisonTable(await runRaw(lab, { ...options, traffic: 'arrivals' }), true),
  tracing: async (lab, options) => toComparisonTable(await runTracing(lab, options)),
  overload: async (lab, options) => toOverloadTable(await runOverload(lab, options)),
  regression: async (lab, options, base) => {
    const rows = await runRegression(lab, options, base);
    const slower = findSlower(rows);
    if (slower.length > 0) process.exitCode = 1;
    const verdict = slower.length > 0 ? `Slower: ${slower.join(', ')}.` : 'No request costs a tenth more.';
    return `${toComparisonTable(rows)}\n\n${verdict}`;
  },
};

await runCommand(async (databases) => {
  const { name: mode, options } = readOptions(process.argv.slice(2));
  if (process.platform !== 'linux') throw new UsageError('The benchmarks read CPU times from /proc: they need Linux.');
  const lab = await openLab({ ...databases, profile: options.profile });
  const stop = (): void => {
    process.exitCode = 130;
    // The slice in progress fails, and with it the mode.
    void lab.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  try {
    const log = (line: string): void => console.error(`${mode}: ${line}`);
    const table = await runs[mode](lab, { ...options, log }, options.base);
    const figures = `${table}\n\n${describeConditions(lab.conditions, options)}`;
    console.log(`\n${mode}\n\n${figures}\n`);
    if (!options.write || mode === 'regression') return;
    await writeFile(performancePage, replaceFigures(await readFile(performancePage, 'utf8'), mode, figures));
  } finally {
    await lab.close();
  }
});
