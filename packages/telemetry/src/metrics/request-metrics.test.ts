import { describe, expect, it } from 'vitest';
import { readMetric } from '../testing/read-metric.ts';
import { expose } from './exposition.ts';
import { createMetrics } from './metrics.ts';
import { createRequestMetrics } from './request-metrics.ts';

const labels = { module: 'users', method: 'GET', route: '/v1/users/:id' };

const open = () => {
  const metrics = createMetrics();
  const requests = createRequestMetrics(metrics);
  const readErrors = () => readMetric(metrics, 'http_server_errors_total');
  const readDurations = async (status: string) =>
    (await readMetric(metrics, 'http_server_request_duration_seconds')).filter(
      (sample) => sample.labels['status'] === status,
    );
  const readBucket = async (status: string, le: string) =>
    (await readDurations(status)).find((sample) => sample.labels['le'] === le)?.value;
  const readInFlight = async () => (await readMetric(metrics, 'http_server_requests_in_flight'))[0]?.value;
  /** The line of a bucket in OpenMetrics, which ends with the exemplar. */
  const readLine = async (le: string) => {
    const { body } = await expose(metrics.registry, 'application/openmetrics-text');
    return body.split('\n').find((line) => line.includes(`le="${le}"`) && line.includes('status="2xx"')) ?? '';
  };
  return { requests, readErrors, readDurations, readBucket, readInFlight, readLine };
};

describe('the durations of a route', () => {
  it('exist from the start for successes and server errors, and for others once they occur', async () => {
    const { requests, readDurations } = open();
    const route = requests.forRoute(labels);
    expect((await readDurations('2xx')).map(({ value }) => value)).toEqual(Array.from({ length: 16 }, () => 0));
    expect(await readDurations('5xx')).toHaveLength(16);
    expect(await readDurations('4xx')).toEqual([]);
    route.served({ status: 404, durationMs: 1, code: 'not-found' });
    expect(await readDurations('4xx')).toHaveLength(16);
  });

  it('count in every bucket that they do not exceed, a bound included', async () => {
    const { requests, readBucket, readDurations } = open();
    const route = requests.forRoute(labels);
    for (const durationMs of [0.2, 50, 50.1, 499, 20_000]) route.served({ status: 200, durationMs });
    const bounds = ['0.001', '0.05', '0.1', '0.5', '10', '+Inf'];
    expect(await Promise.all(bounds.map((le) => readBucket('2xx', le)))).toEqual([1, 2, 3, 4, 4, 5]);
    const [sum, count] = (await readDurations('2xx')).slice(-2);
    expect(sum?.value).toBeCloseTo(20.5993);
    expect(count).toEqual({
      name: 'http_server_request_duration_seconds_count',
      labels: { ...labels, status: '2xx' },
      value: 5,
    });
  });

  it('show the last recorded trace of each bucket, in seconds', async () => {
    const { requests, readLine, readBucket } = open();
    const route = requests.forRoute(labels);
    route.served({ status: 200, durationMs: 40, traceId: 'a'.repeat(32) });
    route.served({ status: 200, durationMs: 30, traceId: 'b'.repeat(32) });
    route.served({ status: 200, durationMs: 35 });
    route.served({ status: 200, durationMs: 11_000, traceId: 'c'.repeat(32) });
    expect(await readLine('0.05')).toMatch(/ # \{trace_id="b{32}"\} 0\.03 \d{10}(?:\.\d+)?$/);
    expect(await readLine('+Inf')).toMatch(/ # \{trace_id="c{32}"\} 11 /);
    expect(await readLine('0.1')).not.toContain('#');
    expect(await readBucket('2xx', '+Inf')).toBe(4);
  });

  it.each([
    [0, '1xx'],
    [199, '1xx'],
    [304, '3xx'],
    [503, '5xx'],
    [999, '5xx'],
  ])('have one of five classes, even for status %i', async (status, expected) => {
    const { requests, readBucket } = open();
    requests.forRoute(labels).served({ status, durationMs: 1 });
    expect(await readBucket(expected, '+Inf')).toBe(1);
  });
});

describe('the errors of a route', () => {
  it('count by status and code', async () => {
    const { requests, readErrors } = open();
    const route = requests.forRoute(labels);
    route.served({ status: 404, durationMs: 1, code: 'not-found' });
    route.served({ status: 404, durationMs: 1, code: 'not-found' });
    route.served({ status: 503, durationMs: 1, code: 'unavailable' });
    route.served({ status: 200, durationMs: 1 });
    expect(await readErrors()).toMatchObject([
      { labels: { ...labels, status: '404', code: 'not-found' }, value: 2 },
      { labels: { ...labels, status: '503', code: 'unavailable' }, value: 1 },
    ]);
  });

  it('have at most 200 codes', async () => {
    const { requests, readErrors } = open();
    const route = requests.forRoute(labels);
    for (let index = 0; index < 1000; index += 1) route.served({ status: 400, durationMs: 1, code: `code-${index}` });
    expect(await readErrors()).toHaveLength(200);
  });
});

it('counts a request as in flight until it is served', async () => {
  const { requests, readInFlight } = open();
  const route = requests.forRoute(labels);
  requests.received();
  requests.received();
  expect(await readInFlight()).toBe(2);
  route.served({ status: 200, durationMs: 1 });
  expect(await readInFlight()).toBe(1);
});
