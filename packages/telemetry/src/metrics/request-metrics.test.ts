import { describe, expect, it } from 'vitest';
import type { Sample } from './metric.ts';
import { createMetrics } from './metrics.ts';
import { createRequestMetrics } from './request-metrics.ts';

const labels = { module: 'users', method: 'GET', route: '/v1/users/:id' };

const open = () => {
  const metrics = createMetrics();
  const requests = createRequestMetrics(metrics);
  const read = (name: string): readonly Sample[] =>
    metrics
      .all()
      .find((metric) => metric.name === name)
      ?.read() ?? [];
  const durations = (status: string) =>
    read('http_server_request_duration_seconds').filter((sample) => sample.labels['status'] === status);
  const bucket = (status: string, le: string) => durations(status).find((sample) => sample.labels['le'] === le);
  const inFlight = () => read('http_server_requests_in_flight')[0]?.value;
  return { requests, read, durations, bucket, inFlight };
};

describe('the durations of a route', () => {
  it('are there from the start for successes and failures of ours, and for others once they occur', () => {
    const { requests, durations } = open();
    const route = requests.route(labels);
    expect(durations('2xx').map(({ value }) => value)).toEqual(Array.from({ length: 16 }, () => 0));
    expect(durations('5xx')).toHaveLength(16);
    expect(durations('4xx')).toEqual([]);
    route.served({ status: 404, ms: 1, code: 'not-found' });
    expect(durations('4xx')).toHaveLength(16);
  });

  it('count in every bucket that they do not exceed, a bound included', () => {
    const { requests, bucket, durations } = open();
    const route = requests.route(labels);
    for (const ms of [0.2, 50, 50.1, 499, 20_000]) route.served({ status: 200, ms });
    expect(['0.001', '0.05', '0.1', '0.5', '10', '+Inf'].map((le) => bucket('2xx', le)?.value)).toEqual([
      1, 2, 3, 4, 4, 5,
    ]);
    const [sum, count] = durations('2xx').slice(-2);
    expect(sum?.value).toBeCloseTo(20.5993);
    expect(count).toEqual({ suffix: '_count', labels: { ...labels, status: '2xx' }, value: 5 });
  });

  it('keep the last recorded trace of each bucket, in seconds', () => {
    const { requests, bucket } = open();
    const route = requests.route(labels);
    route.served({ status: 200, ms: 40, traceId: 'a'.repeat(32) });
    route.served({ status: 200, ms: 30, traceId: 'b'.repeat(32) });
    route.served({ status: 200, ms: 35 });
    route.served({ status: 200, ms: 11_000, traceId: 'c'.repeat(32) });
    expect(bucket('2xx', '0.05')?.exemplar).toEqual({
      traceId: 'b'.repeat(32),
      value: 0.03,
      at: expect.closeTo(Date.now() / 1000, -2),
    });
    expect(bucket('2xx', '+Inf')?.exemplar).toMatchObject({ traceId: 'c'.repeat(32), value: 11 });
    expect(bucket('2xx', '0.1')?.exemplar).toBeUndefined();
  });

  it.each([
    [0, '1xx'],
    [199, '1xx'],
    [304, '3xx'],
    [503, '5xx'],
    [999, '5xx'],
  ])('have one of five classes, also for status %i', (status, expected) => {
    const { requests, bucket } = open();
    requests.route(labels).served({ status, ms: 1 });
    expect(bucket(expected, '+Inf')?.value).toBe(1);
  });
});

describe('the errors of a route', () => {
  it('count by status and code', () => {
    const { requests, read } = open();
    const route = requests.route(labels);
    route.served({ status: 404, ms: 1, code: 'not-found' });
    route.served({ status: 404, ms: 1, code: 'not-found' });
    route.served({ status: 503, ms: 1, code: 'unavailable' });
    route.served({ status: 200, ms: 1 });
    expect(read('http_server_errors_total')).toEqual([
      { labels: { ...labels, status: '404', code: 'not-found' }, value: 2 },
      { labels: { ...labels, status: '503', code: 'unavailable' }, value: 1 },
    ]);
  });

  it('have at most 200 codes', () => {
    const { requests, read } = open();
    const route = requests.route(labels);
    for (let at = 0; at < 1000; at += 1) route.served({ status: 400, ms: 1, code: `code-${at}` });
    expect(read('http_server_errors_total')).toHaveLength(200);
  });
});

it('requests are in flight from when they come until they are served', () => {
  const { requests, inFlight } = open();
  const route = requests.route(labels);
  requests.begun();
  requests.begun();
  expect(inFlight()).toBe(2);
  route.served({ status: 200, ms: 1 });
  expect(inFlight()).toBe(1);
});
