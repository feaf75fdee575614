import { describe, expect, it } from 'vitest';
import { readReport } from '../src/run.ts';

const report = {
  complete: true,
  stop_reason: 'completed',
  operations: { tested: 11, errored: 0, skipped: 0 },
  test_cases: { generated: 500 },
  failures: [],
  errors: [],
};
const getFindings = (change: object): readonly string[] =>
  readReport(JSON.stringify({ ...report, ...change })).findings;

describe('a report', () => {
  it('has no findings after a run without failures', () => {
    expect(readReport(JSON.stringify(report))).toEqual({ cases: 500, tested: 11, findings: [] });
  });

  it('names the operations of each failure', () => {
    const failures = [{ title: 'Server error', operations: ['GET /a', 'POST /b'] }];
    expect(getFindings({ failures, errors: [{ title: 'Network Error', count: 2 }] })).toEqual([
      'Server error: GET /a, POST /b',
      'Network Error (2 times)',
    ]);
  });

  it.each([
    [{ stop_reason: 'interrupted' }, 'The run ended early: interrupted.'],
    [{ complete: false, stop_reason: 'error', operations: null }, 'The run ended early: error.'],
    [{ operations: { tested: 9, errored: 1, skipped: 1 } }, '1 operations failed to run, 1 were skipped.'],
  ])('has a finding after an incomplete run: %j', (change, finding) => {
    expect(getFindings(change)).toEqual([finding]);
  });
});
