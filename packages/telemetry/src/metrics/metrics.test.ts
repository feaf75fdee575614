import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

const decisions = { stage: ['ip', 'subject'], decision: ['allowed', 'refused'] } as const;

const valuesOf = (metrics: ReturnType<typeof createMetrics>, name: string) =>
  metrics
    .all()
    .find((metric) => metric.name === name)
    ?.read()
    .map(({ labels, value }) => [labels, value]);

describe('a counter', () => {
  it('has every series from the start, with 0', () => {
    const metrics = createMetrics();
    metrics.counter('rate_limit_decisions_total', 'Decisions.', decisions);
    expect(valuesOf(metrics, 'rate_limit_decisions_total')).toEqual([
      [{ stage: 'ip', decision: 'allowed' }, 0],
      [{ stage: 'ip', decision: 'refused' }, 0],
      [{ stage: 'subject', decision: 'allowed' }, 0],
      [{ stage: 'subject', decision: 'refused' }, 0],
    ]);
  });

  it('counts in the series of its values, in whichever order they are written', () => {
    const metrics = createMetrics();
    const counter = metrics.counter('rate_limit_decisions_total', 'Decisions.', decisions);
    counter.of({ stage: 'ip', decision: 'refused' }).add();
    counter.of({ decision: 'refused', stage: 'ip' }).add(2);
    expect(valuesOf(metrics, 'rate_limit_decisions_total')).toContainEqual([{ stage: 'ip', decision: 'refused' }, 3]);
  });

  it('has one series without labels', () => {
    const metrics = createMetrics();
    metrics.counter('restarts_total', 'Restarts.').of({}).add();
    expect(valuesOf(metrics, 'restarts_total')).toEqual([[{}, 1]]);
  });

  it('has no series for a value that is not listed', () => {
    const counter = createMetrics().counter('rate_limit_decisions_total', 'Decisions.', decisions);
    expect(() => counter.of({ stage: 'ip', decision: '019389aa' as 'allowed' })).toThrow(
      `'rate_limit_decisions_total' has no series {"stage":"ip","decision":"019389aa"}: list its values as labels.`,
    );
  });

  it.each([
    ['too many', { id: Array.from({ length: 1001 }, (_, at) => String(at)) }],
    ['none', { id: [] }],
  ])('is refused with labels that make %s series', (_, labels) => {
    expect(() => createMetrics().counter('odd_total', 'Odd.', labels)).toThrow('a metric has 1 to 1000');
  });
});

describe('what is read when somebody asks', () => {
  it('is a number, or one for each series', () => {
    const metrics = createMetrics();
    let size = 1;
    metrics.gauge('pool_connections', 'Connections.', () => size);
    metrics.total('commits_total', 'Commits.', () => [{ labels: { module: 'users' }, value: 7 }]);
    size = 3;
    expect(valuesOf(metrics, 'pool_connections')).toEqual([[{}, 3]]);
    expect(valuesOf(metrics, 'commits_total')).toEqual([[{ module: 'users' }, 7]]);
  });
});

describe('a name', () => {
  it('is taken once', () => {
    const metrics = createMetrics();
    metrics.counter('a_total', 'A.');
    expect(() => metrics.total('a_total', 'A.', () => 0)).toThrow("Two metrics are called 'a_total'. Rename one.");
  });

  it.each(['A_total', 'a-b_total', '_a_total', 'a__b_total', 'a b_total', '1_total'])('is snake_case: %s', (name) => {
    expect(() => createMetrics().counter(name, 'A.')).toThrow('is no name for a metric: use snake_case.');
  });

  it('ends in _total for a counter, and for nothing else', () => {
    expect(() => createMetrics().counter('requests', 'A.')).toThrow("'requests' is a counter");
    expect(() => createMetrics().gauge('requests_total', 'A.', () => 0)).toThrow("'requests_total' is a gauge");
  });
});
