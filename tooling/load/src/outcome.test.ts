import { expect, it } from 'vitest';
import { readOutcome } from './outcome.ts';

const duration = { med: 1.23, 'p(95)': 4.5, 'p(99)': 6.7, max: 8.9 };
const summary = {
  metrics: {
    'http_req_duration{scenario:reads}': {
      values: duration,
      thresholds: { 'p(95)<50': { ok: true }, 'p(99)<500': { ok: true } },
    },
    'http_reqs{scenario:reads}': { values: { count: 1000, rate: 99.96 } },
    'http_req_failed{scenario:reads}': { values: { rate: 0.0005 }, thresholds: { 'rate<0.001': { ok: true } } },
    users_created: { values: { count: 40 } },
  },
};

it('reports reads and writes, and that every threshold held', () => {
  expect(readOutcome(summary)).toEqual({
    crossed: [],
    created: 40,
    report: [
      '        requests  per second  p50 ms  p95 ms  p99 ms  max ms  failed',
      'reads       1000       100.0     1.2     4.5     6.7     8.9  0.05 %',
      'writes         –           –       –       –       –       –       –',
      '',
      'Every threshold held.',
    ].join('\n'),
  });
});

it('names each crossed threshold, and the requests that could not start', () => {
  const metrics = {
    ...summary.metrics,
    checks: { values: {}, thresholds: { 'rate>0.999': { ok: false } } },
    dropped_iterations: { values: { count: 12 }, thresholds: { 'count<=1': { ok: false } } },
  };
  const { crossed, report } = readOutcome({ metrics });
  expect(crossed).toEqual(['checks rate>0.999', 'dropped_iterations count<=1']);
  expect(report).toContain('12 requests could not start in time.');
  expect(report).toContain('Crossed: checks rate>0.999');
  expect(report).not.toContain('Every threshold');
});
