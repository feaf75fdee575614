import { execFileSync } from 'node:child_process';
import { tracingChannel } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import type { Ctx, Trace } from '@plinth/data-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { startTracing, type Tracing } from '../src/index.ts';
import { type OtlpReceiver, openOtlpReceiver } from '../src/testing/index.ts';

const parent: Trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
const createTrace = (traceId: string): Trace => ({ traceId, spanId: traceId.slice(16), sampled: false });
const route = { method: 'GET', route: '/v1/users/:id' };

let tracing: Tracing | undefined;
let receiver: OtlpReceiver | undefined;

const start = async (status = 200, ratio = 1): Promise<{ tracing: Tracing; receiver: OtlpReceiver }> => {
  receiver = await openOtlpReceiver(status);
  tracing = startTracing('test', {
    NODE_ENV: 'test',
    OTEL_TRACING: true,
    OTEL_TRACES_SAMPLER_ARG: ratio,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
  });
  if (!tracing) throw new Error('Tracing has not started.');
  return { tracing, receiver };
};

/** Stops tracing and returns all spans. */
const finished = async () => {
  await tracing?.stop();
  return receiver?.spans() ?? [];
};

afterEach(async () => {
  await tracing?.stop();
  await receiver?.close();
  tracing = undefined;
  receiver = undefined;
});

/** Publishes a Redis command as ioredis does. */
const command = (name: string, send: () => Promise<unknown>): Promise<unknown> =>
  tracingChannel('ioredis:command').tracePromise(send, {
    command: name,
    args: ['canary-key', 'canary-value'],
    database: 0,
    serverAddress: '127.0.0.1',
    serverPort: 6379,
  });

const toCtx = (trace: Trace): Ctx => ({ trace }) as Ctx;

describe('tracing that is off', () => {
  it('is undefined and loads nothing', () => {
    // In a process of its own, because modules stay loaded.
    const program = `
      import { tracingChannel } from 'node:diagnostics_channel';
      import { createRequire } from 'node:module';
      import { startTracing } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
      const loaded = () =>
        Object.keys(createRequire(import.meta.url).cache).filter((path) => /@opentelemetry.(sdk|instrumentation)/.test(path));
      const toSettings = (OTEL_TRACING) => ({ NODE_ENV: 'test', OTEL_TRACING });
      const isOff = startTracing('test', toSettings(false)) === undefined;
      const { hasSubscribers } = tracingChannel('ioredis:command');
      const without = loaded().length;
      startTracing('test', toSettings(true));
      console.log(JSON.stringify({ isOff, hasSubscribers, without, isLoadedOtherwise: loaded().length > 0 }));
      process.exit();
    `;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({ isOff: true, hasSubscribers: false, without: 0, isLoadedOtherwise: true });
  });
});

describe('the span of a request', () => {
  it('continues the trace that was received with the request', async () => {
    const { tracing } = await start();
    const before = Date.now();
    const span = tracing.startRequest({ ...route, trace: parent, isJoined: true });
    await turn();
    expect(span?.trace).toMatchObject({ traceId: parent.traceId, sampled: true });
    expect(span?.trace.spanId).toMatch(/^[0-9a-f]{16}$/);
    span?.end({ status: 200 });
    const spans = await finished();
    expect(spans).toEqual([
      {
        service: 'test',
        startedAt: expect.any(Number),
        endedAt: expect.any(Number),
        name: 'GET /v1/users/:id',
        kind: 2,
        traceId: parent.traceId,
        spanId: span?.trace.spanId,
        parentSpanId: parent.spanId,
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/v1/users/:id',
          'http.response.status_code': 200,
        },
        status: 0,
        links: [],
      },
    ]);
    const [{ startedAt, endedAt } = { startedAt: 0, endedAt: 0 }] = spans;
    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(endedAt).toBeGreaterThan(startedAt);
    expect(endedAt).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('starts a trace with the id of the request', async () => {
    const { tracing } = await start();
    const ids = ['019389aa5e5f7c1d9d3f7f1e2a3b4c5d', '019389aa5e5f7c1d9d3f7f1e2a3b4c5e'];
    for (const id of ids)
      tracing.startRequest({ ...route, trace: createTrace(id), isJoined: false })?.end({ status: 200 });
    const spans = await finished();
    expect(spans.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual(ids.map((id) => [id, '']));
  });

  it('is an error from status 500 on and names the code of every error', async () => {
    const { tracing } = await start();
    const end = (status: number, code: string) =>
      tracing.startRequest({ ...route, trace: parent, isJoined: true })?.end({ status, code });
    end(404, 'not-found');
    end(503, 'unavailable');
    const spans = await finished();
    expect(spans.map(({ status, attributes }) => [status, attributes['error.type']])).toEqual([
      [0, 'not-found'],
      [2, 'unavailable'],
    ]);
  });

  it('is not started for a trace that is not recorded', async () => {
    const { tracing } = await start(200, 0);
    expect(tracing.startRequest({ ...route, trace: parent, isJoined: true })).toBeUndefined();
    expect(await finished()).toEqual([]);
  });
});

describe('a Redis command', () => {
  it('is a span below its request, even after the request has waited, without arguments', async () => {
    const { tracing, receiver } = await start();
    const span = tracing.startRequest({ ...route, trace: parent, isJoined: true });
    const sent: Promise<unknown>[] = [];
    span?.run(() => {
      sent.push(turn().then(() => command('get', () => turn('canary-response'))));
    });
    await Promise.all(sent);
    span?.end({ status: 200 });
    const [redis] = await finished();
    expect(redis).toMatchObject({
      name: 'get',
      kind: 3,
      traceId: parent.traceId,
      parentSpanId: span?.trace.spanId,
      attributes: {
        'db.system.name': 'redis',
        'db.operation.name': 'get',
        'server.address': '127.0.0.1',
        'server.port': 6379,
      },
    });
    expect(receiver.text()).not.toContain('canary');
  });

  it('is an error without a message when it fails', async () => {
    const { tracing, receiver } = await start();
    const span = tracing.startRequest({ ...route, trace: parent, isJoined: true });
    const sent: Promise<unknown>[] = [];
    span?.run(() => {
      sent.push(command('evalsha', () => Promise.reject(new Error('canary'))).catch(() => undefined));
    });
    await Promise.all(sent);
    expect(await finished()).toMatchObject([{ name: 'evalsha', status: 2 }]);
    expect(receiver.text()).not.toContain('canary');
  });

  it('has no span when it belongs to no request', async () => {
    await start();
    await command('ping', () => turn());
    expect(await finished()).toEqual([]);
  });
});

describe('a command to MongoDB', () => {
  const find = { system: 'mongodb', operation: 'find', host: '::1', port: 27017 } as const;

  it('is a span below its request, with database, collection and server', async () => {
    const { tracing } = await start();
    const span = tracing.startRequest({ ...route, trace: parent, isJoined: true });
    span?.run(() => {
      tracing.onCommand({ ...find, database: 'shop', collection: 'users' })?.({ isError: false });
      tracing.onCommand({ ...find, operation: 'commitTransaction', database: 'admin' })?.({ isError: true });
    });
    const below = { kind: 3, traceId: parent.traceId, parentSpanId: span?.trace.spanId };
    const where = { 'db.system.name': 'mongodb', 'server.address': '::1', 'server.port': 27017 };
    const [read, commit, ...more] = await finished();
    expect(more).toEqual([]);
    expect(read).toMatchObject({ ...below, name: 'find users', status: 0 });
    expect(read?.attributes).toEqual({
      ...where,
      'db.operation.name': 'find',
      'db.namespace': 'shop',
      'db.collection.name': 'users',
    });
    expect(commit).toMatchObject({ ...below, name: 'commitTransaction', status: 2 });
    expect(commit?.attributes).toEqual({
      ...where,
      'db.operation.name': 'commitTransaction',
      'db.namespace': 'admin',
    });
  });

  it('has no span when it belongs to no request', async () => {
    const { tracing } = await start();
    expect(tracing.onCommand(find)).toBeUndefined();
    expect(await finished()).toEqual([]);
  });
});

describe('work that several requests share', () => {
  it('is in the trace of each; commands are children of the first span, and the others link to it', async () => {
    const { tracing } = await start();
    const calls = ['a', 'b'].map((digit) => {
      const trace = createTrace(digit.repeat(32));
      return tracing.startRequest({ ...route, trace, isJoined: false })?.trace as Trace;
    });
    const unrecorded = createTrace('c'.repeat(32));
    await tracing.traceBatch('commit', [toCtx(unrecorded), ...calls.map(toCtx)], () => command('set', () => turn()));
    const spans = await finished();
    const [redis] = spans.filter(({ name }) => name === 'set');
    const [first, second] = spans.filter(({ name }) => name === 'commit');
    expect([first?.parentSpanId, second?.parentSpanId]).toEqual(calls.map(({ spanId }) => spanId));
    expect([first?.traceId, second?.traceId]).toEqual(calls.map(({ traceId }) => traceId));
    expect(redis).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId });
    expect([first?.links, second?.links]).toEqual([[second?.spanId], [first?.spanId]]);
    expect(first?.attributes).toEqual({ 'plinth.calls': 3 });
  });

  it('is below the span of the request when there is only one', async () => {
    const { tracing } = await start();
    const span = tracing.startRequest({ ...route, trace: parent, isJoined: true })?.trace as Trace;
    await tracing.traceBatch('read', [toCtx(span)], () => command('get', () => turn()));
    expect(await finished()).toMatchObject([{ name: 'get', parentSpanId: span.spanId, traceId: parent.traceId }]);
  });

  it('is in no trace when none is recorded, not even in the active one', async () => {
    const { tracing } = await start();
    const sent: Promise<unknown>[] = [];
    tracing.startRequest({ ...route, trace: parent, isJoined: true })?.run(() => {
      sent.push(tracing.traceBatch('commit', [toCtx(createTrace('c'.repeat(32)))], () => command('set', () => turn())));
    });
    await Promise.all(sent);
    expect(await finished()).toEqual([]);
  });

  it('fails with the error of the work', async () => {
    const { tracing } = await start();
    const calls = [toCtx(parent), toCtx(parent)];
    const work = () => Promise.reject(new Error('broken'));
    await expect(tracing.traceBatch('commit', calls, work)).rejects.toThrow('broken');
    expect(await finished()).toMatchObject(calls.map(() => ({ name: 'commit', parentSpanId: parent.spanId })));
  });
});

describe('spans that the collector does not accept', () => {
  it.each([
    ['it refuses them', 400],
    ['it is not there', 0],
  ])('are counted as lost and do not delay the stop: %s', async (_, status) => {
    const { tracing, receiver } = await start(status || 200);
    if (status === 0) await receiver.close();
    tracing.startRequest({ ...route, trace: parent, isJoined: true })?.end({ status: 200 });
    await tracing.stop();
    expect(tracing.counts()).toEqual({ sent: 0, lost: 1 });
    if (status === 0) Reflect.set(receiver, 'close', async () => undefined);
  });

  it('are counted as lost when more are waiting than the queue holds', async () => {
    const { tracing } = await start();
    for (let count = 0; count < 9000; count += 1) {
      tracing.startRequest({ ...route, trace: parent, isJoined: true })?.end({ status: 200 });
    }
    expect(tracing.counts().lost).toBe(9000 - 8192);
    await tracing.stop();
    expect(tracing.counts()).toEqual({ sent: 8192, lost: 9000 - 8192 });
  });
});

it('counts the spans that the collector accepts', async () => {
  const { tracing } = await start();
  tracing.startRequest({ ...route, trace: parent, isJoined: true })?.end({ status: 200 });
  await tracing.stop();
  expect(tracing.counts()).toEqual({ sent: 1, lost: 0 });
});
