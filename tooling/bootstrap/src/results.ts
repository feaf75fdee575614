import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { JsonTestResults } from 'vitest/node';

export type Totals = {
  passed: number;
  failed: number;
  skipped: number;
  missing: string[];
  /** A line for each failed test, and for each file that failed as a whole. */
  failures: string[];
  /** A line for each test that passed when it was tried again. */
  retries: string[];
  /** The number of skipped tests by what they lack. */
  skipReasons: Map<string, number>;
};

const toPath = (root: string, folder: string): string => join(root, folder, 'test-results.json');

/** The folders of the workspace with tests. */
export const listTested = (root: string): string[] =>
  globSync('{apps,packages,tooling}/*/vitest.config.ts', { cwd: root }).map(dirname).sort();

/** Old results must not be counted for a package whose tests cannot even start; cached ones come back with turbo. */
export function removeResults(root: string): void {
  for (const folder of listTested(root)) rmSync(toPath(root, folder), { force: true });
}

const messageLengthMax = 300;

/** Joins the first lines of a message, without the frames of its stack. */
const shorten = (message: string): string =>
  message
    .split(/\n\s+at /)[0]
    ?.replaceAll(/\s+/g, ' ')
    .slice(0, messageLengthMax)
    .trim() ?? '';

/** Returns a line for each test and file of a report that has failed, at its first try or at its last one. */
const listFailures = (root: string, { testResults }: JsonTestResults): Pick<Totals, 'failures' | 'retries'> => {
  const failures: string[] = [];
  const retries: string[] = [];
  for (const { name, message, assertionResults } of testResults) {
    const file = relative(root, name);
    if (message) failures.push(`${file}: ${shorten(message)}`);
    for (const { status, fullName, failureMessages } of assertionResults) {
      const line = `${file} › ${shorten(fullName)}: ${shorten(failureMessages?.[0] ?? '')}`;
      if (status === 'failed') failures.push(line);
      else if (failureMessages?.length) retries.push(line);
    }
  }
  return { failures, retries };
};

/** Adds up the reports of vitest for all packages, and names the packages that have none. */
export function addResults(root: string): Totals {
  const tested = listTested(root);
  const missing = tested.filter((folder) => !existsSync(toPath(root, folder)));
  const totals: Totals = {
    passed: 0,
    failed: 0,
    skipped: 0,
    failures: [],
    retries: [],
    skipReasons: new Map(),
    missing,
  };
  const { skipReasons } = totals;
  for (const folder of tested.filter((name) => !missing.includes(name))) {
    const report = JSON.parse(readFileSync(toPath(root, folder), 'utf8')) as JsonTestResults;
    totals.passed += report.numPassedTests;
    // A file that cannot be loaded has no tests to fail.
    totals.failed += report.success ? 0 : Math.max(report.numFailedTests, 1);
    totals.skipped += report.numPendingTests + report.numTodoTests;
    const { failures, retries } = listFailures(root, report);
    totals.failures.push(...failures);
    totals.retries.push(...retries);
    for (const { meta } of report.testResults.flatMap(({ assertionResults }) => assertionResults)) {
      const { skipReason } = meta as { skipReason?: string };
      if (skipReason !== undefined) skipReasons.set(skipReason, (skipReasons.get(skipReason) ?? 0) + 1);
    }
  }
  return totals;
}

const linesMax = 50;

const toSection = (title: string, lines: readonly string[]): string[] => {
  if (lines.length === 0) return [];
  const more = lines.length > linesMax ? [`  and ${lines.length - linesMax} more`] : [];
  return [title, ...lines.slice(0, linesMax).map((line) => `  ${line}`), ...more];
};

/** The lines above the closing line: the failed tests by name, because their reports are far up in the output. */
export const listNames = ({ failures, retries }: Totals): string[] => [
  ...toSection('Passed when they were tried again:', retries),
  ...toSection('Failed:', failures),
];

/** The closing line of `npm test`. */
export function closingLine({ passed, failed, skipped, skipReasons }: Totals): string {
  const counts = [...skipReasons].map(([reason, count]) => `${count} for want of ${reason}`);
  const reasons = counts.length > 0 ? ` (${counts.join(', ')})` : '';
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped${reasons}` : ''}`;
}
