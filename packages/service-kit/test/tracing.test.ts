import { tracingChannel } from 'node:diagnostics_channel';
import { defineContract, definePermissions, defineRoute } from '@plinth/contract-kit';
import { type Ctx } from '@plinth/data-kit';
import { createMetrics, type Metrics, startTracing, type Tracing } from '@plinth/telemetry';
import { type OtlpReceiver, openOtlpReceiver } from '@plinth/telemetry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../src/index.ts';
import { openTestHost, type TestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';

const contexts: Ctx[] = [];

/** Publishes a Redis command as its driver does. */
const sendCommand = () => tracingChannel('ioredis:command').tracePromise(async () => 1, { command: 'get' });

const route = { summary: 'Echo', auth: 'public', responses: { 200: z.object({}) } } as const;
const contract = defineContract('echoes', {
  permissions: definePermissions('echoes', {}),
  routes: {
    getEcho: defineRoute({ ...route, method: 'GET', path: '/v1/echoes/:id', params: z.object({ id: z.string() }) }),
    createEcho: defineRoute({ ...route, method: 'POST', path: '/v1/echoes', body: z.object({ secret: z.string() }) }),
  },
});
const echo = async (_input: unknown, ctx: Ctx) => {
  contexts.push(ctx);
  await sendCommand();
  return {};
};
const echoes = defineModule({
  name: 'echoes',
  contracts: [contract],
  collections: {},
  actions: { getEcho: () => echo, createEcho: () => echo },
});

let receiver: OtlpReceiver;
let tracing: Tracing | undefined;
let host: TestHost;
let url: string;
let metrics: Metrics;

const start = async (settings: { readonly on: boolean; readonly ratio: number }): Promise<void> => {
  tracing = startTracing('test', {
    NODE_ENV: 'test',
    OTEL_TRACING: settings.on,
    OTEL_TRACES_SAMPLER_ARG: settings.ratio,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  metrics = createMetrics();
  host = await openTestHost({ modules: [echoes], datastore: fakeDatastore(), tracing, metrics });
  url = await host.server.listen({ host: '127.0.0.1', port: 0 });
};

beforeEach(async () => {
  contexts.length = 0;
  receiver = await openOtlpReceiver();
});
afterEach(async () => {
  await host.close();
  await tracing?.stop();
  await receiver.close();
});

const readSpans = async () => {
  await tracing?.stop();
  return receiver.spans();
};

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${parentId}-01`;
const findLine = (requestId: string) => host.lines.records().find((line) => line['requestId'] === requestId);

describe('a request whose trace is recorded', () => {
  it('continues the trace of the client, has commands below its span, and is logged with its trace id', async () => {
    await start({ on: true, ratio: 1 });
    const response = await fetch(`${url}/v1/echoes/1`, { headers: { traceparent, 'x-request-id': 'a-1' } });
    expect(response.headers.get('traceparent')).toBeNull();
    const [redis, request, ...more] = (await readSpans()).toSorted((left, right) => right.kind - left.kind);
    expect(more).toEqual([]);
    expect(request).toMatchObject({ name: 'GET /v1/echoes/:id', traceId, parentSpanId: parentId, kind: 2 });
    expect(request?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/v1/echoes/:id',
      'http.response.status_code': 200,
    });
    expect(redis).toMatchObject({ name: 'get', traceId, parentSpanId: request?.spanId });
    expect(contexts[0]?.trace).toEqual({ traceId, spanId: request?.spanId, sampled: true });
    expect(findLine('a-1')).toMatchObject({ traceId });
  });

  it('has commands below its span even after its body has been read', async () => {
    await start({ on: true, ratio: 1 });
    const body = JSON.stringify({ secret: 'canary'.repeat(20_000) });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/v1/echoes`, { method: 'POST', headers, body })).status).toBe(200);
    const all = await readSpans();
    const request = all.find(({ kind }) => kind === 2);
    expect(all.find(({ name }) => name === 'get')).toMatchObject({ parentSpanId: request?.spanId });
    expect(receiver.text()).not.toContain('canary');
  });

  it('starts a trace with the id of the request when the client sent none', async () => {
    await start({ on: true, ratio: 1 });
    const requestId = (await fetch(`${url}/v1/echoes/1`)).headers.get('x-request-id') ?? '';
    const request = (await readSpans()).find(({ kind }) => kind === 2);
    expect(request).toMatchObject({ traceId: requestId.replaceAll('-', ''), parentSpanId: '' });
    expect(findLine(requestId)).toMatchObject({ traceId: request?.traceId });
  });

  it('ignores a malformed traceparent', async () => {
    await start({ on: true, ratio: 1 });
    const none = '0'.repeat(32);
    const malformed = [`00-${none}-${parentId}-01`, `ff-${traceId}-${parentId}-01`, `00-${traceId}-01`, 'canary'];
    for (const header of malformed) {
      await fetch(`${url}/v1/echoes/1`, { headers: { traceparent: header } });
    }
    const requests = (await readSpans()).filter(({ kind }) => kind === 2);
    expect(requests.map(({ parentSpanId }) => parentSpanId)).toEqual(malformed.map(() => ''));
    expect(new Set(requests.map((span) => span.traceId)).size).toBe(malformed.length);
  });

  it('records the code of its error and no content of the request', async () => {
    await start({ on: true, ratio: 1 });
    const headers = { authorization: 'Bearer canary', cookie: 'canary', 'user-agent': 'canary' };
    await fetch(`${url}/v1/nothing/canary`);
    await fetch(`${url}/v1/echoes/canary?token=canary`, { headers });
    await fetch(`${url}/v1/echoes`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'canary' });
    expect((await readSpans()).map(({ name, status, attributes }) => [name, status, attributes['error.type']])).toEqual(
      [
        ['GET none', 0, 'not-found'],
        ['GET /v1/echoes/:id', 0, 'invalid-request'],
        ['POST /v1/echoes', 0, 'unsupported-media-type'],
      ],
    );
    expect(receiver.text()).not.toContain('canary');
  });

  it('is the exemplar of its duration', async () => {
    await start({ on: true, ratio: 1 });
    await fetch(`${url}/v1/echoes/1`, { headers: { traceparent } });
    await expect.poll(() => metrics.registry.metrics()).toContain(`# {trace_id="${traceId}"}`);
  });

  it('is never a health check', async () => {
    await start({ on: true, ratio: 1 });
    await fetch(`${url}/health/ready`);
    expect(await readSpans()).toEqual([]);
  });
});

describe('a request whose trace is not recorded', () => {
  it.each([
    ['because of the ratio', { on: true, ratio: 0 }, traceparent],
    ['because the client says so', { on: true, ratio: 1 }, traceparent.replace(/01$/, '00')],
  ])('%s exports no span, is passed on as unsampled, and keeps its trace id', async (_, settings, header) => {
    await start(settings);
    await fetch(`${url}/v1/echoes/1`, { headers: { traceparent: header, 'x-request-id': 'b-1' } });
    expect(contexts[0]?.trace).toEqual({ traceId, spanId: parentId, sampled: false });
    expect(findLine('b-1')).toMatchObject({ traceId });
    expect(await readSpans()).toEqual([]);
  });

  it('passes on the trace of the client when tracing is off', async () => {
    await start({ on: false, ratio: 1 });
    expect(tracing).toBeUndefined();
    await fetch(`${url}/v1/echoes/1`, { headers: { traceparent, 'x-request-id': 'c-1' } });
    expect(contexts[0]?.trace).toEqual({ traceId, spanId: parentId, sampled: true });
    expect(findLine('c-1')).toMatchObject({ traceId });
    expect(tracingChannel('ioredis:command').hasSubscribers).toBe(false);
  });
});
