import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export type Totals = { passed: number; failed: number; skipped: number; missing: string[] };

/** The part of vitest's JSON report that is read here. */
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
};

const RESULTS = 'test-results.json';

/** The folders of the workspace whose package has a `test` script. */
export function testedPackages(root: string): string[] {
  const folders = ['apps', 'packages', 'tooling'].flatMap((group) => {
    if (!existsSync(join(root, group))) return [];
    return readdirSync(join(root, group)).map((name) => `${group}/${name}`);
  });
  return folders.filter((folder) => {
    const path = join(root, folder, 'package.json');
    return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).scripts?.test !== undefined;
  });
}

/** Old results must not be counted for a package whose tests cannot even start; cached ones come back with turbo. */
export function removeResults(root: string, folders: readonly string[]): void {
  for (const folder of folders) rmSync(join(root, folder, RESULTS), { force: true });
}

/** Adds up the reports of all packages and names the packages that have none. */
export function addResults(root: string, folders: readonly string[]): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0, missing: [] };
  for (const folder of folders) {
    const report = readReport(join(root, folder, RESULTS));
    if (report === undefined) {
      totals.missing.push(folder);
      continue;
    }
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests + brokenFiles(report);
    totals.skipped += report.numPendingTests + report.numTodoTests;
  }
  return totals;
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

/** A test file that cannot be loaded has no tests to fail; it counts as one failure. */
function brokenFiles(report: Report): number {
  return report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
}

/** The closing line of `npm test`. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
