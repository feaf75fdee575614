import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createMetrics, type MetricsServer, openMetricsServer, type Sample } from '@plinth/telemetry';
import { anId, aPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';

const metrics = createMetrics();
const datastore = {
  ...fakeDatastore(),
  stats: () => ({
    pool: { size: 3, sizeMax: 32, checkedOut: 2, waiting: 1, failed: 4 },
    commits: [{ module: 'things', groups: 5, sets: 9, splits: 1 }],
  }),
};
const host = useTestHost(async () => ({ modules: [thingsModule], datastore, metrics }));
const owner = aPrincipal();

let server: MetricsServer;
let port: number;
beforeAll(async () => {
  server = await openMetricsServer(metrics, { host: '127.0.0.1', port: 0 });
  await host.current.server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = host.current.server.server.address() as { port: number });
});
afterAll(() => server.close());

const shown = async (accept = 'text/plain'): Promise<string> =>
  (await fetch(server.url, { headers: { accept } })).text();

const samples = (name: string): readonly Sample[] =>
  metrics
    .all()
    .find((metric) => metric.name === name)
    ?.read() ?? [];

/** The value of the one series that has these labels. */
const valueOf = (name: string, labels: Record<string, string> = {}, suffix?: string): number | undefined =>
  samples(name).find(
    (sample) =>
      sample.suffix === suffix && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )?.value;

const countOf = (labels: Record<string, string>): number =>
  valueOf('http_server_request_duration_seconds', labels, '_count') ?? 0;

/** How much `read` rises while `work` runs. */
const rise = async (read: () => number, work: () => Promise<unknown>): Promise<number> => {
  const before = read();
  await work();
  return read() - before;
};

const inFlight = () => valueOf('http_server_requests_in_flight');

describe('a request is counted', () => {
  it('by the module, the method and the path of its contract, and the class of its status', async () => {
    const labels = { module: 'things', method: 'GET', route: '/v1/things/:id', status: '4xx' };
    const caller = await host.current.as(owner);
    expect(
      await rise(
        () => countOf(labels),
        () => caller.get(`/v1/things/${anId()}`),
      ),
    ).toBe(1);
    expect(inFlight()).toBe(0);
  });

  it('with its duration in seconds', async () => {
    const labels = { module: 'things', route: '/v1/ping', status: '2xx' };
    const sum = () => valueOf('http_server_request_duration_seconds', labels, '_sum') ?? 0;
    const began = performance.now();
    const risen = await rise(sum, () => host.current.nobody.get('/v1/ping'));
    expect(risen).toBeGreaterThan(0);
    expect(risen).toBeLessThanOrEqual((performance.now() - began) / 1000);
  });

  it('with the code of the error that it is answered with', async () => {
    const labels = { module: 'things', method: 'POST', route: '/v1/things', status: '422', code: 'too-heavy' };
    const caller = await host.current.as(owner);
    await caller.post('/v1/things', { name: 'anvil', grams: 1001 });
    expect(valueOf('http_server_errors_total', labels)).toBe(1);
    await caller.post('/v1/failures/away', undefined);
    expect(valueOf('http_server_errors_total', { status: '503', code: 'unavailable' })).toBe(1);
  });

  it('when it is a repetition that was given the stored answer', async () => {
    const caller = await host.current.as(owner);
    const pay = () => caller.post('/v1/payments', { name: 'rope', grams: 1 }, { 'idempotency-key': 'once' });
    await pay();
    expect(await rise(() => valueOf('idempotency_replays_total') ?? 0, pay)).toBe(1);
  });

  it('apart from those that watch the host', async () => {
    const labels = { module: 'host', method: 'GET', route: '/health/ready', status: '2xx' };
    expect(
      await rise(
        () => countOf(labels),
        () => host.current.nobody.get('/health/ready'),
      ),
    ).toBe(1);
  });

  it('once, and logged, when its caller goes before the answer', async () => {
    const labels = { module: 'things', method: 'POST', route: '/v1/things', status: '4xx' };
    const before = countOf(labels);
    const socket = connect(port, '127.0.0.1');
    const token = await host.current.tokenOf(owner);
    socket.write(
      `POST /v1/things HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\nx-request-id: gone-1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    );
    await expect.poll(inFlight).toBe(1);
    socket.destroy();
    await expect.poll(inFlight).toBe(0);
    expect(countOf(labels) - before).toBe(1);
    expect(host.current.lines.records().filter(({ requestId }) => requestId === 'gone-1')).toMatchObject([
      { event: 'request-served', status: 499, route: '/v1/things' },
    ]);
  });

  it('when its path cannot even be read', async () => {
    const labels = { module: 'host', route: 'none', status: '4xx' };
    const before = countOf(labels);
    expect((await fetch(`http://127.0.0.1:${port}/v1/%zz`)).status).toBe(400);
    await expect.poll(() => countOf(labels) - before).toBe(1);
    expect(inFlight()).toBe(0);
  });
});

describe('what a caller sends', () => {
  it('boundary: adds no series, whatever path and method it asks for', async () => {
    await host.current.nobody.get('/v1/none');
    const seriesOf = () => metrics.all().flatMap((metric) => metric.read()).length;
    const before = seriesOf();
    const random = () => randomBytes(6).toString('hex');
    for (let at = 0; at < 1000; at += 1) {
      const url = [`/${random()}`, `/v1/things/${random()}/${random()}`, `/v1/none?${random()}=${random()}`][at % 3];
      await host.current.nobody.get(String(url));
    }
    expect(seriesOf()).toBe(before);
    expect(countOf({ module: 'host', method: 'GET', route: 'none', status: '4xx' })).toBeGreaterThan(1000);
  });

  it.each(['QUERY', 'PURGE', 'M-SEARCH'])('boundary: makes no label of the method %s', async (method) => {
    const socket = connect(port, '127.0.0.1').resume();
    socket.write(`${method} /v1/none HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(await shown()).not.toContain(`method="${method}"`);
  });

  it('is in no metric: neither headers, nor query, nor body', async () => {
    const marker = `marker${randomBytes(6).toString('hex')}`;
    const caller = await host.current.as(owner);
    const headers = { 'x-request-id': marker, 'x-secret': marker, cookie: marker, 'user-agent': marker };
    await caller.post('/v1/things', { name: marker, grams: 1 }, headers);
    await caller.post(`/v1/failures/${marker}`, { name: marker }, headers);
    await caller.get(`/v1/things/${marker}?a=${marker}`, headers);
    await host.current.nobody.get(`/${marker}`, { ...headers, authorization: `Bearer ${marker}` });
    await host.current.faults();
    expect(await shown()).not.toContain(marker);
    expect(await shown('application/openmetrics-text')).not.toContain(marker);
  });
});

describe('beside requests are shown', () => {
  it.each([
    ['mongodb_pool_connections', {}, 3],
    ['mongodb_pool_connections_max', {}, 32],
    ['mongodb_pool_connections_checked_out', {}, 2],
    ['mongodb_pool_waiting', {}, 1],
    ['mongodb_pool_check_outs_failed_total', {}, 4],
    ['mongodb_commit_groups_total', { module: 'things' }, 5],
    ['mongodb_commit_sets_total', { module: 'things' }, 9],
    ['mongodb_commit_splits_total', { module: 'things' }, 1],
  ])('%s %o', (name, labels, value) => {
    expect(valueOf(name, labels)).toBe(value);
  });
});

it('metrics are not on the port of the API', async () => {
  expect((await host.current.nobody.get('/metrics')).status).toBe(404);
});
