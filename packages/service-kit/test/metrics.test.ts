import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { createMetrics, type MetricsServer, openMetricsServer } from '@plinth/telemetry';
import { readValue } from '@plinth/telemetry/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { latch, thingsModule } from './things.ts';

const metrics = createMetrics();
const datastore = {
  ...fakeDatastore(),
  stats: () => ({
    pool: { size: 3, sizeMax: 32, checkedOut: 2, waiting: 1, failed: 4 },
    commits: [{ module: 'things', groups: 5, sets: 9, splits: 1 }],
  }),
};
const host = useTestHost(async () => ({ modules: [thingsModule], datastore, metrics }));
const owner = createPrincipal();

let server: MetricsServer;
let port: number;
beforeAll(async () => {
  server = await openMetricsServer({
    metrics,
    address: { host: '127.0.0.1', port: 0 },
    checkReadiness: host.current.checkReadiness,
  });
  await host.current.server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = host.current.server.server.address() as { port: number });
});
afterAll(() => server.close());

const scrape = async (accept = 'text/plain'): Promise<string> =>
  (await fetch(server.url, { headers: { accept } })).text();

const durations = 'http_server_request_duration_seconds';
const readDuration = async (part: 'count' | 'sum', labels: Record<string, string>): Promise<number> =>
  (await readValue(metrics, { name: durations, series: `${durations}_${part}`, labels })) ?? 0;
const countRequests = (labels: Record<string, string>): Promise<number> => readDuration('count', labels);
const inFlight = () => readValue(metrics, { name: 'http_server_requests_in_flight' });

/** Returns the increase of a value while `work` runs. */
const measureIncrease = async (read: () => Promise<number>, work: () => Promise<unknown>): Promise<number> => {
  const before = await read();
  await work();
  return (await read()) - before;
};

describe('a request is counted', () => {
  it('by the module, the method and the path of its contract, and the class of its status', async () => {
    const labels = { module: 'things', method: 'GET', route: '/v1/things/:id', status: '4xx' };
    const caller = await host.current.as(owner);
    expect(
      await measureIncrease(
        () => countRequests(labels),
        () => caller.get(`/v1/things/${createId()}`),
      ),
    ).toBe(1);
    expect(await inFlight()).toBe(0);
  });

  it('with its duration in seconds', async () => {
    const labels = { module: 'things', route: '/v1/ping', status: '2xx' };
    const start = performance.now();
    const increase = await measureIncrease(
      () => readDuration('sum', labels),
      () => host.current.anonymous.get('/v1/ping'),
    );
    expect(increase).toBeGreaterThan(0);
    expect(increase).toBeLessThanOrEqual((performance.now() - start) / 1000);
  });

  it('with the code of its error', async () => {
    const labels = { module: 'things', method: 'POST', route: '/v1/things', status: '422', code: 'too-heavy' };
    const caller = await host.current.as(owner);
    await caller.post('/v1/things', { name: 'anvil', grams: 1001 });
    expect(await readValue(metrics, { name: 'http_server_errors_total', labels })).toBe(1);
    await caller.post('/v1/failures/unavailable', undefined);
    const unavailable = { status: '503', code: 'unavailable' };
    expect(await readValue(metrics, { name: 'http_server_errors_total', labels: unavailable })).toBe(1);
  });

  it('as a replay when it receives the stored response', async () => {
    const caller = await host.current.as(owner);
    const pay = () => caller.post('/v1/payments', { name: 'rope', grams: 1 }, { 'idempotency-key': 'once' });
    await pay();
    const replays = async () => (await readValue(metrics, { name: 'idempotency_replays_total' })) ?? 0;
    expect(await measureIncrease(replays, pay)).toBe(1);
  });

  it('under the module host when it is a health check', async () => {
    const labels = { module: 'host', method: 'GET', route: '/health/ready', status: '2xx' };
    expect(
      await measureIncrease(
        () => countRequests(labels),
        () => host.current.anonymous.get('/health/ready'),
      ),
    ).toBe(1);
  });

  it('once, and logged, when the client disconnects before the response', async () => {
    const labels = { module: 'things', method: 'POST', route: '/v1/things', status: '4xx' };
    const before = await countRequests(labels);
    const socket = connect(port, '127.0.0.1');
    const token = await host.current.signToken(owner);
    socket.write(
      `POST /v1/things HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${token}\r\nx-request-id: disconnected-1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    );
    await expect.poll(inFlight).toBe(1);
    socket.destroy();
    await expect.poll(inFlight).toBe(0);
    expect((await countRequests(labels)) - before).toBe(1);
    expect(host.current.lines.records().filter(({ requestId }) => requestId === 'disconnected-1')).toMatchObject([
      { event: 'request-served', status: 499, route: '/v1/things' },
    ]);
  });

  it.each([
    ['no error is logged for its abort', [], (reason: Error) => reason],
    ['no error is logged for an error caused by its abort', [], (cause: Error) => new Error('aborted', { cause })],
    ['another error is logged', ['request-failed'], () => new Error('crash')],
  ])('without an error code when its client disconnects, and %s', async (_what, events, toError) => {
    const { promise, reject } = Promise.withResolvers<void>();
    latch.opened = promise;
    onTestFinished(() => {
      latch.opened = Promise.resolve();
    });
    const id = createId();
    const headers = { authorization: `Bearer ${await host.current.signToken(owner)}`, 'x-request-id': id };
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/failures/wait', headers });
    sent.on('error', () => undefined).end();
    const before = latch.signal;
    await expect.poll(() => latch.signal).not.toBe(before);
    sent.destroy();
    await expect.poll(() => latch.signal?.aborted).toBe(true);
    reject(toError(latch.signal?.reason as Error));
    await setImmediate();
    const lines = host.current.lines.records().filter(({ requestId }) => requestId === id);
    expect(lines.map(({ event }) => event)).toEqual(['request-served', ...events]);
    expect(lines[0]).toMatchObject({ status: 499 });
    const labels = { route: '/v1/failures/:cause', code: 'internal' };
    expect(await readValue(metrics, { name: 'http_server_errors_total', labels })).toBeUndefined();
  });

  it('when its path is malformed', async () => {
    const labels = { module: 'host', route: 'none', status: '4xx' };
    const before = await countRequests(labels);
    expect((await fetch(`http://127.0.0.1:${port}/v1/%zz`)).status).toBe(400);
    await expect.poll(async () => (await countRequests(labels)) - before).toBe(1);
    expect(await inFlight()).toBe(0);
  });
});

describe('the content of a request', () => {
  it('boundary: adds no series, whatever its path', async () => {
    await host.current.anonymous.get('/v1/none');
    const countSeries = async () =>
      (await metrics.registry.getMetricsAsJSON())
        .filter(({ name }) => !/^(nodejs|process)_/.test(name))
        .flatMap(({ values }) => values).length;
    const before = await countSeries();
    const random = () => randomBytes(6).toString('hex');
    for (let index = 0; index < 1000; index += 1) {
      const url = [`/${random()}`, `/v1/things/${random()}/${random()}`, `/v1/none?${random()}=${random()}`][index % 3];
      await host.current.anonymous.get(String(url));
    }
    expect(await countSeries()).toBe(before);
    expect(await countRequests({ module: 'host', method: 'GET', route: 'none', status: '4xx' })).toBeGreaterThan(1000);
  });

  it.each(['QUERY', 'PURGE', 'M-SEARCH'])('boundary: adds no label for the method %s', async (method) => {
    const socket = connect(port, '127.0.0.1').resume();
    socket.write(`${method} /v1/none HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(await scrape()).not.toContain(`method="${method}"`);
  });

  it('is in no metric: neither headers, nor query, nor body', async () => {
    const canary = `canary${randomBytes(6).toString('hex')}`;
    const caller = await host.current.as(owner);
    const headers = { 'x-request-id': canary, 'x-secret': canary, cookie: canary, 'user-agent': canary };
    await caller.post('/v1/things', { name: canary, grams: 1 }, headers);
    await caller.post(`/v1/failures/${canary}`, { name: canary }, headers);
    await caller.get(`/v1/things/${canary}?a=${canary}`, headers);
    await host.current.anonymous.get(`/${canary}`, { ...headers, authorization: `Bearer ${canary}` });
    await host.current.faults();
    expect(await scrape()).not.toContain(canary);
    expect(await scrape('application/openmetrics-text')).not.toContain(canary);
  });
});

describe('the metrics of the datastore', () => {
  it.each([
    ['mongodb_pool_connections', {}, 3],
    ['mongodb_pool_connections_max', {}, 32],
    ['mongodb_pool_connections_checked_out', {}, 2],
    ['mongodb_pool_waiting', {}, 1],
    ['mongodb_pool_check_outs_failed_total', {}, 4],
    ['mongodb_commit_groups_total', { module: 'things' }, 5],
    ['mongodb_commit_sets_total', { module: 'things' }, 9],
    ['mongodb_commit_splits_total', { module: 'things' }, 1],
  ])('include %s %o', async (name, labels, value) => {
    expect(await readValue(metrics, { name, labels })).toBe(value);
  });
});

it('the port of the API does not serve metrics', async () => {
  expect((await host.current.anonymous.get('/metrics')).status).toBe(404);
});
