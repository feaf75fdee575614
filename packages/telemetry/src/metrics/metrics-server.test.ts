import { StartupError } from '@plinth/data-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from './metrics.ts';
import { type MetricsServer, openMetricsServer } from './metrics-server.ts';
import { createRequestMetrics } from './request-metrics.ts';

const opened: MetricsServer[] = [];

const open = async (metrics: Metrics = createMetrics()): Promise<MetricsServer> => {
  const server = await openMetricsServer(metrics, { host: '127.0.0.1', port: 0 });
  opened.push(server);
  return server;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
const linesOf = async (answer: Response): Promise<string[]> => (await answer.text()).split('\n');

const served = (): Metrics => {
  const metrics = createMetrics();
  metrics.counter('decisions_total', 'Decisions.', { decision: ['allowed', 'refused'] });
  const route = createRequestMetrics(metrics).route({ module: 'users', method: 'GET', route: '/v1/users/:id' });
  route.served({ status: 200, ms: 40, traceId: 'a'.repeat(32) });
  return metrics;
};

const name = 'http_server_request_duration_seconds';
const series = 'le="0.05",module="users",method="GET",route="/v1/users/:id",status="2xx"';

/** The labels of a line, whatever their order. */
const bucketIn = (lines: readonly string[]): string | undefined =>
  lines.find((line) => line.startsWith(`${name}_bucket`) && series.split(',').every((label) => line.includes(label)));

describe('the port of the metrics', () => {
  it('answers in the format of Prometheus, without exemplars', async () => {
    const { url } = await open(served());
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = await linesOf(answer);
    expect(lines).toContain(`# TYPE ${name} histogram`);
    expect(lines).toContain('# TYPE decisions_total counter');
    expect(lines).toContain('decisions_total{decision="refused"} 0');
    expect(bucketIn(lines)).toMatch(/\} 1$/);
  });

  it('answers in OpenMetrics where that is asked for, with the trace of a slow request', async () => {
    const { url } = await open(served());
    const answer = await fetch(url, { headers: { accept } });
    expect(answer.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    const lines = await linesOf(answer);
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    expect(lines).toContain('# TYPE decisions counter');
    expect(lines).toContain('decisions_total{decision="refused"} 0');
    expect(bucketIn(lines)).toMatch(/\} 1 # \{trace_id="a{32}"\} 0\.04 \d+(\.\d+)?$/);
  });

  it('names a counter alike in both formats, in whichever order they are asked for', async () => {
    const { url } = await open(served());
    // Of what is open, and what was collected, other kinds may come meanwhile: those names count once.
    const read = async (headers: Record<string, string>) =>
      (await linesOf(await fetch(url, { headers })))
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.split(/[{ ]/, 1)[0])
        .filter((name = '', at, names) => !/^nodejs_(active|gc)/.test(name) || names.indexOf(name) === at);
    const before = await read({});
    const open_ = await read({ accept });
    expect(await read({})).toEqual(before);
    expect(open_).toEqual(before);
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
  ])('tells %s of the process', async (metric) => {
    // Garbage is collected some time or other; here it should be now.
    const { setFlagsFromString } = await import('node:v8');
    setFlagsFromString('--expose-gc');
    const collect = (await import('node:vm')).runInNewContext('gc') as () => void;
    const { url } = await open();
    const shown = async () => {
      collect();
      return (await linesOf(await fetch(url))).some((line) => line.startsWith(metric));
    };
    await expect.poll(shown).toBe(true);
  });

  it('has nothing else, and is only read', async () => {
    const { url } = await open();
    expect((await fetch(new URL('/v1/users', url))).status).toBe(404);
    expect((await fetch(new URL('/metrics/../health', url))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  it('answers 500 when a metric cannot be read, and goes on', async () => {
    const metrics = createMetrics();
    let works = false;
    metrics.gauge('odd', 'Odd.', () => {
      if (!works) throw new Error('marker');
      return 1;
    });
    const { url } = await open(metrics);
    const answer = await fetch(url);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('marker');
    works = true;
    expect((await fetch(url)).status).toBe(200);
  });

  it('says in one sentence when it is taken', async () => {
    const { url } = await open();
    const { port } = new URL(url);
    const twin = openMetricsServer(createMetrics(), { host: '127.0.0.1', port: Number(port) });
    await expect(twin).rejects.toThrow(StartupError);
    await expect(twin).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken. Set METRICS_PORT to another`);
  });

  it('says what else keeps it from listening', async () => {
    await expect(openMetricsServer(createMetrics(), { host: '192.0.2.1', port: 0 })).rejects.toThrow('EADDRNOTAVAIL');
  });
});
