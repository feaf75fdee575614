import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from './metrics.ts';
import { type MetricsServer, type MetricsServerOptions, openMetricsServer } from './metrics-server.ts';
import { createRequestMetrics } from './request-metrics.ts';

const opened: MetricsServer[] = [];

let readiness: { isReady: boolean; body: object } = { isReady: true, body: { status: 'ready' } };

const openOn = (address: MetricsServerOptions['address'], metrics: Metrics = createMetrics()): Promise<MetricsServer> =>
  openMetricsServer({ metrics, address, checkReadiness: async () => readiness });

const open = async (metrics: Metrics = createMetrics()): Promise<MetricsServer> => {
  const server = await openOn({ host: '127.0.0.1', port: 0 }, metrics);
  opened.push(server);
  return server;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
const readLines = async (response: Response): Promise<string[]> => (await response.text()).split('\n');

const createFilledMetrics = (): Metrics => {
  const metrics = createMetrics();
  metrics.counter({ name: 'decisions_total', help: 'Decisions.', labels: { decision: ['allowed', 'refused'] } });
  const route = createRequestMetrics(metrics).forRoute({ module: 'users', method: 'GET', route: '/v1/users/:id' });
  route.served({ status: 200, durationMs: 40, traceId: 'a'.repeat(32) });
  return metrics;
};

const name = 'http_server_request_duration_seconds';
const series = 'le="0.05",module="users",method="GET",route="/v1/users/:id",status="2xx"';

/** The line of the bucket; the order of its labels does not matter. */
const findBucket = (lines: readonly string[]): string | undefined =>
  lines.find((line) => line.startsWith(`${name}_bucket`) && series.split(',').every((label) => line.includes(label)));

describe('the metrics server', () => {
  it('responds in the text format of Prometheus, without exemplars', async () => {
    const { url } = await open(createFilledMetrics());
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = await readLines(response);
    expect(lines).toContain(`# TYPE ${name} histogram`);
    expect(lines).toContain('# HELP decisions_total Decisions.');
    expect(lines).toContain('# TYPE decisions_total counter');
    expect(lines).toContain('decisions_total{decision="refused"} 0');
    expect(findBucket(lines)).toMatch(/\} 1$/);
    expect(lines).not.toContain('# EOF');
  });

  it('responds in OpenMetrics when the client accepts it, with the trace of a request', async () => {
    const { url } = await open(createFilledMetrics());
    const response = await fetch(url, { headers: { accept } });
    expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const lines = await readLines(response);
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    expect(lines).toContain('# TYPE decisions counter');
    expect(lines).toContain('decisions_total{decision="refused"} 0');
    expect(findBucket(lines)).toMatch(/\} 1 # \{trace_id="a{32}"\} 0\.04 \d+(\.\d+)?$/);
  });

  it('names a counter alike in both formats, in any order of requests', async () => {
    const { url } = await open(createFilledMetrics());
    // Kinds of open handles and of garbage collections may be added meanwhile.
    const read = async (headers: Record<string, string>) =>
      (await readLines(await fetch(url, { headers })))
        .filter((line) => line !== '' && !line.startsWith('#') && !/^nodejs_(active|gc)/.test(line))
        .map((line) => line.split(/[{ ]/, 1)[0]);
    const before = await read({});
    const openMetrics = await read({ accept });
    expect(await read({})).toEqual(before);
    expect(openMetrics).toEqual(before);
  });

  it.each([
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_open_fds',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_eventloop_active_seconds_total',
    'nodejs_eventloop_idle_seconds_total',
    'nodejs_heap_size_used_bytes',
    'nodejs_gc_duration_seconds_count',
  ])('shows %s of the process', async (metric) => {
    // Without it, no garbage may have been collected yet.
    const { setFlagsFromString } = await import('node:v8');
    setFlagsFromString('--expose-gc');
    const collect = (await import('node:vm')).runInNewContext('gc') as () => void;
    const { url } = await open();
    const shown = async () => {
      collect();
      return (await readLines(await fetch(url))).some((line) => line.startsWith(metric));
    };
    await expect.poll(shown).toBe(true);
  });

  it('serves the probes, which need no port of clients', async () => {
    const { url } = await open();
    const probe = async (path: string) => {
      const response = await fetch(new URL(path, url));
      return [response.status, await response.json()];
    };
    expect(await probe('/health/live')).toEqual([200, { status: 'live' }]);
    expect(await probe('/health/ready')).toEqual([200, { status: 'ready' }]);
    readiness = { isReady: false, body: { status: 'unavailable', missing: ['mongodb'] } };
    expect(await probe('/health/ready')).toEqual([503, { status: 'unavailable', missing: ['mongodb'] }]);
  });

  it('serves nothing else, and by GET only', async () => {
    const { url } = await open();
    expect((await fetch(new URL('/v1/users', url))).status).toBe(404);
    expect((await fetch(new URL('/metrics/../health/startup', url))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  it('responds with 500 when a metric cannot be read, and recovers', async () => {
    const metrics = createMetrics();
    let works = false;
    metrics.gauge({
      name: 'queue_length',
      help: 'Jobs that wait.',
      read: () => {
        if (!works) throw new Error('canary');
        return 1;
      },
    });
    const { url } = await open(metrics);
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('canary');
    works = true;
    expect((await fetch(url)).status).toBe(200);
  });

  it('fails with the error of the system when it cannot listen', async () => {
    const { url } = await open();
    const { port } = new URL(url);
    await expect(openOn({ host: '127.0.0.1', port: Number(port) })).rejects.toThrow('EADDRINUSE');
    await expect(openOn({ host: '192.0.2.1', port: 0 })).rejects.toThrow('EADDRNOTAVAIL');
  });
});
