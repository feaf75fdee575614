import { randomBytes } from 'node:crypto';
import { createTestIssuer } from '@plinth/auth/testing';
import { openRaw } from '@plinth/mongo/testing';
import { type OtlpReceiver, openOtlpReceiver, type ReceivedSpan } from '@plinth/telemetry/testing';
import { anId, getFreePort } from '@plinth/testing';
import { createServiceSettings, type Service, startService } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entrypoints } from './entrypoints.ts';

const issuer = await createTestIssuer();
const settings = createServiceSettings();
const marker = `marker${randomBytes(6).toString('hex')}`;
const tenantId = anId();
const traceId = (): string => randomBytes(16).toString('hex');
const parentId = '00f067aa0ba902b7';

describe.each(['platform', 'svc-users'] as const)('%s with tracing and metrics', (app) => {
  let service: Service;
  let receiver: OtlpReceiver;
  let metricsUrl: string;
  let authorization: string;

  beforeAll(async () => {
    receiver = await openOtlpReceiver();
    authorization = `Bearer ${await issuer.createToken({ id: anId(), tenantId, roles: ['owner'] })}`;
    const metricsPort = await getFreePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    service = await startService(entrypoints[app], {
      ...settings,
      ...issuer.settings,
      SHUTDOWN_DELAY_MS: '0',
      METRICS_PORT: String(metricsPort),
      OTEL_TRACING: 'true',
      OTEL_TRACES_SAMPLER_ARG: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    });
  }, 30_000);
  afterAll(async () => {
    await service.end();
    await receiver.close();
    const raw = openRaw(settings.MONGODB_URI);
    await raw.drop(`${settings.MONGODB_DATABASE_PREFIX}users`);
    await raw.close();
  });

  type Call = { readonly method?: string; readonly path: string; readonly body?: object; readonly trace?: string };
  const send = ({ method = 'GET', path, body, trace = traceId() }: Call): Promise<Response> =>
    fetch(`${service.url}${path}`, {
      method,
      headers: {
        authorization,
        traceparent: `00-${trace}-${parentId}-01`,
        'x-secret': marker,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  const addUser = (name: string) => ({ name: marker, email: `${name}-${marker}-${app}@test.example`, role: 'member' });
  const spansOf = (trace: string): ReceivedSpan[] => receiver.spans().filter((span) => span.traceId === trace);
  const toRequest = (trace: string): ReceivedSpan | undefined => spansOf(trace).find(({ kind }) => kind === 2);
  const namesBelow = (trace: string): string[] => {
    const parent = toRequest(trace)?.spanId;
    return spansOf(trace)
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .map(({ name }) => name);
  };
  const recorded = (trace: string) => expect.poll(() => toRequest(trace), { timeout: 10_000 }).toBeDefined();

  it('records a read with its commands to MongoDB and Redis, in the trace of its caller', async () => {
    const trace = traceId();
    const { status } = await send({ path: '/v1/users', trace });
    expect(status).toBe(200);
    await recorded(trace);
    expect(toRequest(trace)).toMatchObject({ name: 'GET /v1/users', parentSpanId: parentId });
    expect(namesBelow(trace)).toContain('find users');
    expect(spansOf(trace).map(({ attributes }) => attributes['db.system.name'])).toContain('redis');
    const find = spansOf(trace).find(({ name }) => name === 'find users');
    expect(find?.attributes).toEqual({
      'db.system.name': 'mongodb',
      'db.namespace': `${settings.MONGODB_DATABASE_PREFIX}users`,
      'db.operation.name': 'find',
      'db.collection.name': 'users',
      'server.address': '127.0.0.1',
      'server.port': expect.anything(),
    });
  });

  it('records a write with the transaction that commits it', async () => {
    const trace = traceId();
    const { status } = await send({ method: 'POST', path: '/v1/users', body: addUser('one'), trace });
    expect(status).toBe(201);
    await recorded(trace);
    expect(namesBelow(trace)).toEqual(expect.arrayContaining(['insert users', 'insert journal', 'commitTransaction']));
    expect(service.combinedOutput()).toContain(`"traceId":"${trace}"`);
  });

  it('race: of writes that share a transaction, each has it in its own trace', async () => {
    const traces = Array.from({ length: 24 }, traceId);
    const responses = await Promise.all(
      traces.map((trace, at) => send({ method: 'POST', path: '/v1/users', body: addUser(`many-${at}`), trace })),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
    for (const trace of traces) {
      await recorded(trace);
      const below = namesBelow(trace);
      expect(below.includes('commit') || below.includes('commitTransaction')).toBe(true);
    }
    const ids = new Set(receiver.spans().map(({ spanId }) => spanId));
    const commits = receiver.spans().filter(({ name }) => name === 'commit');
    expect(commits.length).toBeGreaterThan(1);
    for (const { links } of commits) {
      expect(links.length).toBeGreaterThan(0);
      expect(links.filter((link) => !ids.has(link))).toEqual([]);
    }
  });

  it('records no command that is below no request', () => {
    const spans = receiver.spans();
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ kind, parentSpanId }) => kind !== 2 && !ids.has(parentSpanId))).toEqual([]);
  });

  it('shows what it has done, and nothing of whom', async () => {
    const text = await (await fetch(metricsUrl)).text();
    for (const name of ['groups', 'sets']) {
      expect(text).toMatch(new RegExp(`mongodb_commit_${name}_total\\{module="users"\\} [1-9]`));
    }
    expect(text).toMatch(/mongodb_pool_connections [1-9]/);
    expect(text).toMatch(/trace_spans_sent_total [1-9]/);
    expect(text).toContain('trace_spans_lost_total 0');
    expect(text).not.toMatch(new RegExp(`${marker}|${tenantId}|test\\.example`));
  });

  it('sends the last spans before it ends, and nothing personal in any', async () => {
    const trace = traceId();
    expect((await send({ path: `/v1/users?limit=1&name=${marker}`, trace })).status).toBe(400);
    const [twin] = [addUser('one')];
    expect((await send({ method: 'POST', path: '/v1/users', body: twin })).status).toBe(409);
    await service.end('SIGTERM');
    expect(toRequest(trace)?.attributes).toMatchObject({
      'http.response.status_code': expect.anything(),
      'error.type': 'invalid-request',
    });
    expect(receiver.text()).not.toMatch(new RegExp(`${marker}|${tenantId}|test\\.example`));
    expect(receiver.text()).not.toContain(authorization.slice(-20));
  }, 30_000);
});
