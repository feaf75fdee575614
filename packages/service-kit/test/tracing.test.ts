import { tracingChannel } from 'node:diagnostics_channel';
import { defineContract, definePermissions, defineRoute } from '@plinth/contract-kit';
import { type Ctx } from '@plinth/data-kit';
import { createMetrics, type Metrics, startTracing, type Tracing } from '@plinth/telemetry';
import { type OtlpReceiver, openOtlpReceiver } from '@plinth/telemetry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../src/index.ts';
import { openTestHost, type TestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './things.ts';

const seen: Ctx[] = [];

/** A command of Redis, told as its driver tells it. */
const command = () => tracingChannel('ioredis:command').tracePromise(async () => 1, { command: 'get' });

const route = { summary: 'Ask', auth: 'public', responses: { 200: z.object({}) } } as const;
const contract = defineContract('asks', {
  permissions: definePermissions('asks', {}),
  routes: {
    ask: defineRoute({ ...route, method: 'GET', path: '/v1/asks/:id', params: z.object({ id: z.string() }) }),
    tell: defineRoute({ ...route, method: 'POST', path: '/v1/asks', body: z.object({ secret: z.string() }) }),
  },
});
const answer = async (_input: unknown, ctx: Ctx) => {
  seen.push(ctx);
  await command();
  return {};
};
const asks = defineModule({
  name: 'asks',
  contracts: [contract],
  collections: {},
  actions: { ask: () => answer, tell: () => answer },
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
  host = await openTestHost({ modules: [asks], datastore: fakeDatastore(), tracing, metrics });
  url = await host.server.listen({ host: '127.0.0.1', port: 0 });
};

beforeEach(async () => {
  seen.length = 0;
  receiver = await openOtlpReceiver();
});
afterEach(async () => {
  await host.close();
  await tracing?.stop();
  await receiver.close();
});

const spans = async () => {
  await tracing?.stop();
  return receiver.spans();
};

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${parentId}-01`;
const lineOf = (requestId: string) => host.lines.records().find((line) => line['requestId'] === requestId);

describe('a request whose trace is recorded', () => {
  it('continues the trace of its caller, with commands below its span, and is logged under its id', async () => {
    await start({ on: true, ratio: 1 });
    const answered = await fetch(`${url}/v1/asks/1`, { headers: { traceparent, 'x-request-id': 'a-1' } });
    expect(answered.headers.get('traceparent')).toBeNull();
    const [redis, request, ...more] = (await spans()).toSorted((left, right) => right.kind - left.kind);
    expect(more).toEqual([]);
    expect(request).toMatchObject({ name: 'GET /v1/asks/:id', traceId, parentSpanId: parentId, kind: 2 });
    expect(request?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/v1/asks/:id',
      'http.response.status_code': 200,
    });
    expect(redis).toMatchObject({ name: 'get', traceId, parentSpanId: request?.spanId });
    expect(seen[0]?.trace).toEqual({ traceId, spanId: request?.spanId, sampled: true });
    expect(lineOf('a-1')).toMatchObject({ traceId });
  });

  it('has commands below its span also after its body has been read', async () => {
    await start({ on: true, ratio: 1 });
    const body = JSON.stringify({ secret: 'marker'.repeat(20_000) });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/v1/asks`, { method: 'POST', headers, body })).status).toBe(200);
    const all = await spans();
    const request = all.find(({ kind }) => kind === 2);
    expect(all.find(({ name }) => name === 'get')).toMatchObject({ parentSpanId: request?.spanId });
    expect(receiver.text()).not.toContain('marker');
  });

  it('begins a trace by the id of the request where none came with it', async () => {
    await start({ on: true, ratio: 1 });
    const requestId = (await fetch(`${url}/v1/asks/1`)).headers.get('x-request-id') ?? '';
    const request = (await spans()).find(({ kind }) => kind === 2);
    expect(request).toMatchObject({ traceId: requestId.replaceAll('-', ''), parentSpanId: '' });
    expect(lineOf(requestId)).toMatchObject({ traceId: request?.traceId });
  });

  it('takes nothing for a parent that is not one', async () => {
    await start({ on: true, ratio: 1 });
    const none = '0'.repeat(32);
    const malformed = [`00-${none}-${parentId}-01`, `ff-${traceId}-${parentId}-01`, `00-${traceId}-01`, 'marker'];
    for (const header of malformed) {
      await fetch(`${url}/v1/asks/1`, { headers: { traceparent: header } });
    }
    const requests = (await spans()).filter(({ kind }) => kind === 2);
    expect(requests.map(({ parentSpanId }) => parentSpanId)).toEqual(malformed.map(() => ''));
    expect(new Set(requests.map((span) => span.traceId)).size).toBe(malformed.length);
  });

  it('tells the code of its error, and nothing of what was asked', async () => {
    await start({ on: true, ratio: 1 });
    const headers = { authorization: 'Bearer marker', cookie: 'marker', 'user-agent': 'marker' };
    await fetch(`${url}/v1/nothing/marker`);
    await fetch(`${url}/v1/asks/marker?token=marker`, { headers });
    await fetch(`${url}/v1/asks`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'marker' });
    expect((await spans()).map(({ name, status, attributes }) => [name, status, attributes['error.type']])).toEqual([
      ['GET none', 0, 'not-found'],
      ['GET /v1/asks/:id', 0, 'invalid-request'],
      ['POST /v1/asks', 0, 'unsupported-media-type'],
    ]);
    expect(receiver.text()).not.toContain('marker');
  });

  it('is shown as an example of its duration', async () => {
    await start({ on: true, ratio: 1 });
    await fetch(`${url}/v1/asks/1`, { headers: { traceparent } });
    await expect.poll(() => metrics.registry.metrics()).toContain(`# {trace_id="${traceId}"}`);
  });

  it('is none of those by which a host is watched', async () => {
    await start({ on: true, ratio: 1 });
    await fetch(`${url}/health/ready`);
    expect(await spans()).toEqual([]);
  });
});

describe('a request whose trace is not recorded', () => {
  it.each([
    ['for the ratio', { on: true, ratio: 0 }, traceparent],
    ['for its caller', { on: true, ratio: 1 }, traceparent.replace(/01$/, '00')],
  ])('%s sends nothing, says so further on, and keeps its trace id', async (_, settings, header) => {
    await start(settings);
    await fetch(`${url}/v1/asks/1`, { headers: { traceparent: header, 'x-request-id': 'b-1' } });
    expect(seen[0]?.trace).toEqual({ traceId, spanId: parentId, sampled: false });
    expect(lineOf('b-1')).toMatchObject({ traceId });
    expect(await spans()).toEqual([]);
  });

  it('passes on what came with it when tracing is off', async () => {
    await start({ on: false, ratio: 1 });
    expect(tracing).toBeUndefined();
    await fetch(`${url}/v1/asks/1`, { headers: { traceparent, 'x-request-id': 'c-1' } });
    expect(seen[0]?.trace).toEqual({ traceId, spanId: parentId, sampled: true });
    expect(lineOf('c-1')).toMatchObject({ traceId });
    expect(tracingChannel('ioredis:command').hasSubscribers).toBe(false);
  });
});
