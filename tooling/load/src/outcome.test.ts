import { expect, it } from 'vitest';
import { outcomeOf } from './outcome.ts';

const duration = { med: 1.23, 'p(95)': 4.5, 'p(99)': 6.7, max: 8.9 };
const summary = {
  metrics: {
    'http_req_duration{scenario:reads}': {
      values: duration,
      thresholds: { 'p(95)<50': { ok: true }, 'p(99)<500': { ok: true } },
    },
    'http_reqs{scenario:reads}': { values: { count: 1000, rate: 99.96 } },
    'http_req_failed{scenario:reads}': { values: { rate: 0.0005 }, thresholds: { 'rate<0.001': { ok: true } } },
    people_added: { values: { count: 40 } },
  },
};

it('shows both kinds of requests, and that every bound was kept', () => {
  expect(outcomeOf(summary)).toEqual({
    broken: [],
    added: 40,
    report: [
      '        requests  a second  p50 ms  p95 ms  p99 ms  most ms  failed',
      'reads       1000     100.0     1.2     4.5     6.7      8.9  0.05 %',
      'writes         –         –       –       –       –        –       –',
      '',
      'Every bound was kept.',
    ].join('\n'),
  });
});

it('names each bound that was broken, and what could not be begun', () => {
  const metrics = {
    ...summary.metrics,
    checks: { values: {}, thresholds: { 'rate>0.999': { ok: false } } },
    dropped_iterations: { values: { count: 12 }, thresholds: { 'count<=1': { ok: false } } },
  };
  const { broken, report } = outcomeOf({ metrics });
  expect(broken).toEqual(['checks rate>0.999', 'dropped_iterations count<=1']);
  expect(report).toContain('12 requests could not even be begun in time.');
  expect(report).toContain('Broken: checks rate>0.999');
  expect(report).not.toContain('Every bound');
});
