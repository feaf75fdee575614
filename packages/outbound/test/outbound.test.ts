import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { createMetrics, startTracing } from '@plinth/telemetry';
import { openOtlpReceiver, readValue } from '@plinth/telemetry/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOutbound, type OutboundTarget, type TargetOptions } from '../src/index.ts';
import { respondWith, startOtherSystem } from './other-system.ts';

const open = (options?: TargetOptions) => {
  const metrics = createMetrics();
  const target = createOutbound({ metrics }).open('payments', options);
  const readState = () => readValue(metrics, { name: 'outbound_breaker_state', labels: { target: 'payments' } });
  const readCount = (result: string) => readValue(metrics, { name: 'outbound_calls_total', labels: { result } });
  return { ...target, target, readState, readCount };
};

const keyed = { method: 'POST', body: 'amount=1', headers: { 'Idempotency-Key': 'k' } };

/** Makes calls that fail until the breaker opens. */
const openBreaker = async ({ fetch }: OutboundTarget, url: string): Promise<void> => {
  for (let calls = 0; calls < 5; calls += 1) expect((await fetch(url, { method: 'POST' })).status).toBe(503);
};

describe('a call', () => {
  it('resolves with the whole response, and counts it by its result', async () => {
    const { url, received } = await startOtherSystem(respondWith(200, 204, 402, 302));
    const { fetch, readCount, check } = open();
    const response = await fetch(url, keyed);
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect((await fetch(url)).status).toBe(204);
    expect((await fetch(url)).status).toBe(402);
    expect((await fetch(url)).status, 'a redirect is not followed').toBe(302);
    expect(received[0]).toMatchObject({ body: 'amount=1', headers: { 'idempotency-key': 'k' } });
    expect([await readCount('succeeded'), await readCount('refused'), await readCount('failed')]).toEqual([3, 1, 0]);
    await check();
  });

  it.each([
    ['a response that never begins', () => undefined],
    ['a body that never ends', (response: { write(text: string): unknown }) => response.write('{')],
  ])('ends after the time limit: %s', async (_, respond) => {
    const { url } = await startOtherSystem(respond);
    const { fetch, readCount } = open({ timeoutMs: 50 });
    await expect(fetch(url, { method: 'POST' })).rejects.toThrow(/timeout/);
    expect(await readCount('timeout')).toBe(1);
  });

  it('boundary: has a body of as many bytes as it may, and fails at one more, even when it is compressed', async () => {
    const sent = [1000, 1001, 2 ** 30];
    const { url } = await startOtherSystem((response, index) => {
      const body = gzipSync(Buffer.alloc(Math.min(sent[index] ?? 0, 2 ** 20), ' '));
      response.writeHead(200, { 'content-encoding': 'gzip' });
      // The last response has the member of the archive again and again.
      if (index < 2) response.end(body);
      else
        Readable.from(
          (function* () {
            for (;;) yield body;
          })(),
        ).pipe(response);
    });
    const { fetch, readCount } = open({ bodyBytesMax: 1000 });
    expect(await (await fetch(url, { method: 'POST' })).text()).toHaveLength(1000);
    const tooLarge = 'The response has a body of more than 1000 bytes.';
    for (const _ of [1, 2]) await expect(fetch(url, { method: 'POST' })).rejects.toThrow(tooLarge);
    expect(await readCount('failed')).toBe(2);
  });

  it('ends with the signal of the caller', async () => {
    const { url } = await startOtherSystem(() => undefined);
    await expect(open().fetch(url, { signal: AbortSignal.timeout(20) })).rejects.toThrow(/timeout/);
  });
});

describe('retries', () => {
  it.each([
    ['a key', keyed],
    ['an idempotent method', { method: 'GET' }],
  ])('repeat a request with %s until it succeeds', async (_, init) => {
    const { url, received } = await startOtherSystem(respondWith(500, 429, 200));
    expect((await open().fetch(url, init)).status).toBe(200);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body))).toHaveProperty('size', 1);
  });

  it('repeat a request after a lost connection, and reject with its error in the end', async () => {
    const { url, received } = await startOtherSystem((response) => response.destroy());
    await expect(open({ retriesMax: 1 }).fetch(url, keyed)).rejects.toThrow('fetch failed');
    expect(received).toHaveLength(2);
  });

  it('repeat neither a POST without a key nor a refused request', async () => {
    const { url, received } = await startOtherSystem(respondWith(500, 402));
    const { fetch } = open();
    await fetch(url, { method: 'POST' });
    await fetch(url, keyed);
    expect(received).toHaveLength(2);
  });

  it('end when the budget is spent', async () => {
    const system = await startOtherSystem(respondWith(200));
    // Failures alternate with successes, so that the breaker stays closed.
    system.respond = (response, index) => response.writeHead(index % 2 === 0 ? 500 : 200).end();
    const { fetch } = open({ retriesMax: 1 });
    const statuses: number[] = [];
    for (let calls = 0; calls < 12; calls += 1) statuses.push((await fetch(system.url)).status);
    expect(statuses.slice(0, 10).every((status) => status === 200)).toBe(true);
    expect(statuses.slice(10)).toContain(500);
  }, 30_000);
});

describe('the breaker', () => {
  it('opens after five failures, is seen by metrics and readiness, and sends nothing', async () => {
    const { url, received } = await startOtherSystem(respondWith(503));
    const { target, fetch, check, readState, readCount } = open();
    await openBreaker(target, url);
    await expect(fetch(url, keyed)).rejects.toThrow('breaker is open');
    expect(received).toHaveLength(5);
    expect([await readState(), await readCount('failed'), await readCount('rejected')]).toEqual([2, 5, 1]);
    await expect(check()).rejects.toThrow('The last calls to payments have failed.');
  });

  it('lets one call try after a while: a failure opens it again, a success closes it', async () => {
    const system = await startOtherSystem(respondWith(503));
    const { target, fetch, check, readState } = open({ halfOpenAfterMs: 30 });
    await openBreaker(target, system.url);
    const tryAgain = () => fetch(system.url, { method: 'POST' }).then(({ status }) => status, String);
    await expect.poll(tryAgain, { interval: 5 }).toBe(503);
    expect(await tryAgain()).toContain('breaker is open');
    system.respond = respondWith(200);
    await expect.poll(tryAgain, { interval: 5 }).toBe(200);
    expect(await readState()).toBe(0);
    await check();
  });

  it('does not open for refused requests', async () => {
    const { url } = await startOtherSystem(respondWith(400));
    const { fetch, check } = open();
    for (let calls = 0; calls < 6; calls += 1) expect((await fetch(url)).status).toBe(400);
    await check();
  });
});

it('records a span of each attempt, and the other system continues the trace', async () => {
  const { url, received } = await startOtherSystem(respondWith(500, 200));
  const receiver = await openOtlpReceiver();
  onTestFinished(() => receiver.close());
  const settings = { NODE_ENV: 'test', OTEL_TRACING: true, OTEL_TRACES_SAMPLER_ARG: 1 };
  const tracing = startTracing('test', { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const { fetch } = createOutbound({ metrics: createMetrics(), tracing }).open('payments');
  const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
  const request = tracing?.startRequest({ method: 'POST', route: '/v1/orders', trace, isJoined: true });
  const calls: Promise<unknown>[] = [];
  request?.run(() => void calls.push(fetch(url, keyed)));
  await Promise.all(calls);
  await tracing?.stop();
  const spans = receiver.spans();
  const parentSpanId = request?.trace.spanId;
  expect(spans).toMatchObject([
    { name: 'POST payments', parentSpanId, attributes: { 'http.response.status_code': 500 } },
    { name: 'POST payments', parentSpanId, attributes: { 'http.response.status_code': 200 } },
  ]);
  const traceparents = received.map(({ headers }) => headers['traceparent']);
  expect(traceparents).toEqual(spans.map(({ spanId }) => `00-${trace.traceId}-${spanId}-01`));
});

it('has one door to a system', () => {
  const outbound = createOutbound({ metrics: createMetrics() });
  const payments = outbound.open('payments');
  expect(() => outbound.open('payments')).toThrow("The outgoing calls to 'payments' are open already");
  expect(outbound.list()).toEqual([payments]);
});
