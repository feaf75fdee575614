import { describe, expect, it } from 'vitest';
import { readMetric } from '../testing/read-metric.ts';
import { createMetrics, type Metrics } from './metrics.ts';

const labels = { limit: ['ip', 'subject'], decision: ['allowed', 'refused'] } as const;
const decisions = { name: 'rate_limit_decisions_total', help: 'Decisions.', labels } as const;

const read = async (metrics: Metrics, name: string) =>
  (await readMetric(metrics, name)).map((sample) => [sample.labels, sample.value]);

describe('a counter', () => {
  it('has every series from the start, with 0', async () => {
    const metrics = createMetrics();
    metrics.counter(decisions);
    expect(await read(metrics, 'rate_limit_decisions_total')).toEqual([
      [{ limit: 'ip', decision: 'allowed' }, 0],
      [{ limit: 'ip', decision: 'refused' }, 0],
      [{ limit: 'subject', decision: 'allowed' }, 0],
      [{ limit: 'subject', decision: 'refused' }, 0],
    ]);
  });

  it('counts in the series of its values, in any order', async () => {
    const metrics = createMetrics();
    const counter = metrics.counter(decisions);
    counter.labels({ limit: 'ip', decision: 'refused' }).inc();
    counter.labels({ decision: 'refused', limit: 'ip' }).inc(2);
    const series = await read(metrics, 'rate_limit_decisions_total');
    expect(series).toContainEqual([{ limit: 'ip', decision: 'refused' }, 3]);
    expect(series).toHaveLength(4);
  });

  it('has one series without labels', async () => {
    const metrics = createMetrics();
    metrics.counter({ name: 'restarts_total', help: 'Restarts.' }).labels({}).inc();
    expect(await read(metrics, 'restarts_total')).toEqual([[{}, 1]]);
  });

  it('accepts the listed values only', () => {
    const counter = createMetrics().counter(decisions);
    // @ts-expect-error -- a value that is not listed
    counter.labels({ limit: 'ip', decision: 'other' });
    // @ts-expect-error -- a label is missing
    counter.labels({ limit: 'ip' });
  });

  it('has a name that ends in _total and is not used yet', () => {
    const metrics = createMetrics();
    metrics.counter({ name: 'requests_total', help: 'Requests.' });
    expect(() => metrics.counter({ name: 'requests_total', help: 'Requests.' })).toThrow('requests_total');
    // @ts-expect-error -- OpenMetrics would add `_total` to the name
    metrics.counter({ name: 'requests', help: 'Requests.' });
  });
});

describe('a metric that is read at a scrape', () => {
  it('has the value of that moment', async () => {
    const metrics = createMetrics();
    let size = 1;
    metrics.gauge({ name: 'pool_connections', help: 'Connections.', read: () => size });
    metrics.total({ name: 'pool_failures_total', help: 'Failures.', read: () => size });
    size = 3;
    expect(await read(metrics, 'pool_connections')).toEqual([[{}, 3]]);
    expect(await read(metrics, 'pool_failures_total')).toEqual([[{}, 3]]);
    expect(await read(metrics, 'pool_failures_total')).toEqual([[{}, 3]]);
  });

  it('may have a value for each label', async () => {
    const metrics = createMetrics();
    metrics.total({
      name: 'commits_total',
      help: 'Commits.',
      labelNames: ['module'],
      read: () => [{ labels: { module: 'users' }, value: 7 }],
    });
    expect(await read(metrics, 'commits_total')).toEqual([[{ module: 'users' }, 7]]);
  });
});

it('has no metrics of another registry', async () => {
  const metrics = createMetrics();
  createMetrics().counter({ name: 'restarts_total', help: 'Restarts.' });
  expect(await readMetric(metrics, 'restarts_total')).toEqual([]);
});
