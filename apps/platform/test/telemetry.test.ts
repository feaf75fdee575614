import { randomBytes } from 'node:crypto';
import { createTestIssuer } from '@plinth/auth/testing';
import { openRaw } from '@plinth/mongo/testing';
import { type OtlpReceiver, openOtlpReceiver, type ReceivedSpan } from '@plinth/telemetry/testing';
import { createId, getFreePort } from '@plinth/testing';
import { createServiceSettings, type Service, startService } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entrypoints } from './entrypoints.ts';
import { storeUser } from './stored-users.ts';

const issuer = await createTestIssuer();
const settings = createServiceSettings();
const canary = `marker${randomBytes(6).toString('hex')}`;
const tenantId = createId();
const createTraceId = (): string => randomBytes(16).toString('hex');
const parentId = '00f067aa0ba902b7';
/** The kind SERVER of OpenTelemetry. */
const serverKind = 2;

describe.each(['platform', 'svc-users'] as const)('%s with tracing and metrics', (app) => {
  let service: Service;
  let receiver: OtlpReceiver;
  let metricsUrl: string;
  let authorization: string;

  beforeAll(async () => {
    receiver = await openOtlpReceiver();
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
    const owner = { id: createId(), tenantId, roles: ['owner'] };
    await storeUser(settings, owner);
    authorization = `Bearer ${await issuer.createToken(owner)}`;
  });
  afterAll(async () => {
    await service.end();
    await receiver.close();
    const raw = openRaw(settings.MONGODB_URI);
    await raw.dropAll(settings.MONGODB_DATABASE_PREFIX);
    await raw.close();
  });

  type Call = { readonly method?: string; readonly path: string; readonly body?: object; readonly trace?: string };
  const send = ({ method = 'GET', path, body, trace = createTraceId() }: Call): Promise<Response> =>
    fetch(`${service.url}${path}`, {
      method,
      headers: {
        authorization,
        traceparent: `00-${trace}-${parentId}-01`,
        'x-secret': canary,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  const createBody = (name: string) => ({
    name: canary,
    email: `${name}-${canary}-${app}@test.example`,
    role: 'member',
  });
  const findSpans = (trace: string): ReceivedSpan[] => receiver.spans().filter((span) => span.traceId === trace);
  const findRequestSpan = (trace: string): ReceivedSpan | undefined =>
    findSpans(trace).find(({ kind }) => kind === serverKind);
  const listChildNames = (trace: string): string[] => {
    const parent = findRequestSpan(trace)?.spanId;
    return findSpans(trace)
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .map(({ name }) => name);
  };
  const waitUntilRecorded = (trace: string) => expect.poll(() => findRequestSpan(trace)).toBeDefined();

  it('records a read with its MongoDB and Redis commands in the trace of the caller', async () => {
    const trace = createTraceId();
    const { status } = await send({ path: '/v1/users', trace });
    expect(status).toBe(200);
    await waitUntilRecorded(trace);
    expect(findRequestSpan(trace)).toMatchObject({ name: 'GET /v1/users', parentSpanId: parentId });
    expect(listChildNames(trace)).toContain('find users');
    expect(findSpans(trace).map(({ attributes }) => attributes['db.system.name'])).toContain('redis');
    const find = findSpans(trace).find(({ name }) => name === 'find users');
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
    const trace = createTraceId();
    const { status } = await send({ method: 'POST', path: '/v1/users', body: createBody('one'), trace });
    expect(status).toBe(201);
    await waitUntilRecorded(trace);
    expect(listChildNames(trace)).toEqual(
      expect.arrayContaining(['insert users', 'insert journal', 'commitTransaction']),
    );
    expect(service.combinedOutput()).toContain(`"traceId":"${trace}"`);
  });

  it('race: each write of a shared transaction has the commit in its own trace', async () => {
    const traces = Array.from({ length: 24 }, createTraceId);
    const responses = await Promise.all(
      traces.map((trace, index) =>
        send({ method: 'POST', path: '/v1/users', body: createBody(`many-${index}`), trace }),
      ),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
    for (const trace of traces) {
      await waitUntilRecorded(trace);
      const names = listChildNames(trace);
      expect(names.includes('commit') || names.includes('commitTransaction')).toBe(true);
    }
    const ids = new Set(receiver.spans().map(({ spanId }) => spanId));
    const commits = receiver.spans().filter(({ name }) => name === 'commit');
    expect(commits.length).toBeGreaterThan(1);
    for (const { links } of commits) {
      expect(links.length).toBeGreaterThan(0);
      expect(links.filter((link) => !ids.has(link))).toEqual([]);
    }
  });

  it('records no command outside a request', () => {
    const spans = receiver.spans();
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ kind, parentSpanId }) => kind !== serverKind && !ids.has(parentSpanId))).toEqual([]);
  });

  it('exports metrics of its work without personal data', async () => {
    const text = await (await fetch(metricsUrl)).text();
    for (const name of ['groups', 'sets']) {
      expect(text).toMatch(new RegExp(`mongodb_commit_${name}_total\\{module="users"\\} [1-9]`));
    }
    expect(text).toMatch(/mongodb_pool_connections [1-9]/);
    expect(text).toMatch(/trace_spans_sent_total [1-9]/);
    expect(text).toContain('trace_spans_lost_total 0');
    expect(text).not.toMatch(new RegExp(`${canary}|${tenantId}|test\\.example`));
  });

  it('sends the last spans before it exits, and no personal data in any', async () => {
    const trace = createTraceId();
    expect((await send({ path: `/v1/users?limit=1&name=${canary}`, trace })).status).toBe(400);
    expect((await send({ method: 'POST', path: '/v1/users', body: createBody('one') })).status).toBe(409);
    await service.end('SIGTERM');
    expect(findRequestSpan(trace)?.attributes).toMatchObject({
      'http.response.status_code': expect.anything(),
      'error.type': 'invalid-request',
    });
    expect(receiver.text()).not.toMatch(new RegExp(`${canary}|${tenantId}|test\\.example`));
    expect(receiver.text()).not.toContain(authorization.slice(-20));
  });
});
