import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonTestResults } from 'vitest/node';

export type Totals = {
  passed: number;
  failed: number;
  skipped: number;
  missing: string[];
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

/** Adds up the reports of vitest for all packages, and names the packages that have none. */
export function addResults(root: string): Totals {
  const tested = listTested(root);
  const missing = tested.filter((folder) => !existsSync(toPath(root, folder)));
  const totals: Totals = { passed: 0, failed: 0, skipped: 0, skipReasons: new Map(), missing };
  const { skipReasons } = totals;
  for (const folder of tested.filter((name) => !missing.includes(name))) {
    const report = JSON.parse(readFileSync(toPath(root, folder), 'utf8')) as JsonTestResults;
    totals.passed += report.numPassedTests;
    // A file that cannot be loaded has no tests to fail.
    totals.failed += report.success ? 0 : Math.max(report.numFailedTests, 1);
    totals.skipped += report.numPendingTests + report.numTodoTests;
    for (const { meta } of report.testResults.flatMap(({ assertionResults }) => assertionResults)) {
      const { skipReason } = meta as { skipReason?: string };
      if (skipReason !== undefined) skipReasons.set(skipReason, (skipReasons.get(skipReason) ?? 0) + 1);
    }
  }
  return totals;
}

/** The closing line of `npm test`. */
export function closingLine({ passed, failed, skipped, skipReasons }: Totals): string {
  const counts = [...skipReasons].map(([reason, count]) => `${count} for want of ${reason}`);
  const reasons = counts.length > 0 ? ` (${counts.join(', ')})` : '';
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped${reasons}` : ''}`;
}
