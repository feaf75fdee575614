import { describe, expect, it } from 'vitest';
import { readReport } from './report.ts';

const raw = {
  complete: true,
  stop_reason: 'completed',
  operations: { tested: 11, errored: 0, skipped: 0 },
  test_cases: { generated: 500 },
  failures: [],
  errors: [],
};
const findingsOf = (change: object): readonly string[] => readReport(JSON.stringify({ ...raw, ...change })).findings;

describe('a report', () => {
  it('of a run that found nothing', () => {
    expect(readReport(JSON.stringify(raw))).toEqual({ cases: 500, tested: 11, findings: [] });
  });

  it('names each finding with where it is', () => {
    const failures = [{ title: 'Server error', operations: ['GET /a', 'POST /b'] }];
    expect(findingsOf({ failures, errors: [{ title: 'Network Error', count: 2 }] })).toEqual([
      'Server error: GET /a, POST /b',
      'Network Error (2 times)',
    ]);
  });

  it.each([
    [{ stop_reason: 'interrupted' }, 'The run ended early: interrupted.'],
    [{ complete: false, stop_reason: 'error', operations: null }, 'The run ended early: error.'],
    [{ operations: { tested: 9, errored: 1, skipped: 1 } }, '1 operations could not be tried, 1 were skipped.'],
  ])('of a run that was not whole is a finding: %j', (change, finding) => {
    expect(findingsOf(change)).toEqual([finding]);
  });
});
