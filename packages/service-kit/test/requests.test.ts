import type { TokenSubject } from '@plinth/auth';
import { createId, createManualClock, createPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, openTestHost, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));
const owner: TokenSubject = createPrincipal();
const viewer: TokenSubject = { ...owner, id: createId(), roles: ['viewer'] };
const createThing = (name: string) => ({ name, grams: 1.5 });

let caller: Caller;
beforeAll(async () => {
  caller = await host.current.as(owner);
});

describe('a request', () => {
  it('returns the declared status, Location and ETag', async () => {
    const created = await caller.post('/v1/things', createThing('first'));
    const url = `/v1/things/${created.body.id}`;
    expect(created).toMatchObject({
      status: 201,
      headers: { location: url, etag: '"1"', 'content-type': 'application/json; charset=utf-8' },
    });
    const removed = await caller.send({ method: 'DELETE', url, headers: { 'if-match': '"1"' } });
    expect(removed).toMatchObject({ status: 204, text: '' });
    expect((await caller.get(url)).status).toBe(404);
  });

  it('has no Location when no route returns what was created', async () => {
    const paid = await caller.post('/v1/payments', createThing('paid'), { 'idempotency-key': 'paid' });
    expect(paid).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    expect(paid.headers).not.toHaveProperty('location');
  });

  it('race: one of ten with the same unique value succeeds, and the others get the declared error', async () => {
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => caller.post('/v1/things', createThing('same'))),
    );
    const statuses = responses.map(({ status }) => status).toSorted((left, right) => left - right);
    expect(statuses).toEqual([201, ...Array(9).fill(409)]);
    expect(responses.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'name-taken',
      type: 'http://test.example/errors/things/name-taken',
    });
  });

  it('integrity: leaves no effect when its response cannot be sent', async () => {
    expect((await caller.post('/v1/failures/half', undefined)).status).toBe(500);
    expect(await host.current.faults()).toHaveLength(1);
    expect((await caller.post('/v1/things', createThing('half'))).status).toBe(201);
  });

  it('cannot write when it is a GET', async () => {
    expect((await caller.get('/v1/writes')).status).toBe(500);
    expect(host.current.lines.lines.join()).toContain('outside a unit of work');
  });
});

describe('a credential', () => {
  it('is ignored by a public route', async () => {
    expect(await host.current.anonymous.get('/v1/ping')).toMatchObject({ status: 200, body: { pong: true } });
    const nonsense = { authorization: 'Bearer nonsense' };
    expect((await host.current.anonymous.get('/v1/ping', nonsense)).status).toBe(200);
  });

  it('without the permission is refused with the missing permission and the roles of the user', async () => {
    const response = await (await host.current.as(viewer)).post('/v1/things', createThing('no'));
    expect(response).toMatchObject({ status: 403, body: { code: 'forbidden', data: { permission: 'things:write' } } });
    expect(response.body.detail).toContain("'viewer'");
  });

  it('that has expired is refused with a challenge that says so', async () => {
    const clock = createManualClock();
    const timed = await openTestHost({ modules: [thingsModule], datastore: fakeDatastore(), clock });
    const late = await timed.as(owner);
    expect((await late.get(`/v1/things/${createId()}`)).status).toBe(404);
    clock.advance(16 * 60_000);
    const response = await late.get(`/v1/things/${createId()}`);
    expect(response).toMatchObject({ status: 401, body: { code: 'token-expired' } });
    expect(response.headers['www-authenticate']).toBe(
      'Bearer realm="plinth", error="invalid_token", error_description="The token has expired"',
    );
    await timed.close();
  });

  const challenge = 'Bearer realm="plinth"';
  const withError = `${challenge}, error="invalid_token"`;
  it.each([
    ['Bearer', challenge],
    ['Basic YTpi', challenge],
    ['Bearer a b', withError],
    ['Bearer a.b.c', withError],
    ['bearer ..', withError],
  ])('is refused before validation: %s', async (authorization, authenticate) => {
    const response = await host.current.anonymous.post('/v1/things', { nonsense: true }, { authorization });
    expect(response).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
      headers: { 'www-authenticate': authenticate },
    });
  });

  it('that is missing is refused with a challenge without an error', async () => {
    const { headers } = await host.current.anonymous.post('/v1/things', {});
    expect(headers['www-authenticate']).toBe(challenge);
  });

  it('in the query is not a credential', async () => {
    const token = await host.current.signToken(owner);
    const response = await host.current.anonymous.get(`/v1/things/${createId()}?access_token=${token}`);
    expect(response.status).toBe(401);
  });
});

const findLines = (requestId: unknown) =>
  host.current.lines.records().filter((line) => line['requestId'] === requestId && line['route'] !== undefined);

describe('X-Request-Id', () => {
  it('is kept when it is well-formed', async () => {
    const { headers } = await host.current.anonymous.get('/v1/ping', { 'x-request-id': 'abc-123' });
    expect(headers['x-request-id']).toBe('abc-123');
  });

  it.each(['a b', 'a\tb', '', 'x'.repeat(129), '<script>'])('is replaced when it is malformed: %j', async (id) => {
    const { headers } = await host.current.anonymous.get('/v1/ping', { 'x-request-id': id });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('traceparent', () => {
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const logTrace = async (traceparent: string) => {
    const { headers } = await host.current.anonymous.get('/v1/ping', { traceparent });
    return findLines(headers['x-request-id'])[0]?.['traceId'];
  };

  it.each([
    ['version 00', `00-${traceId}-${spanId}-01`],
    ['a later version', `cc-${traceId}-${spanId}-01`],
    ['a later version with more fields', `cc-${traceId}-${spanId}-01-what-the-future-will-be-like`],
  ])('of %s continues its trace', async (_what, traceparent) => {
    expect(await logTrace(traceparent)).toBe(traceId);
  });

  it.each([
    ['malformed', '00-0-0-00'],
    ['nonsense', 'nonsense'],
    ['without a trace id', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['without a parent id', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['of the invalid version ff', `ff-${traceId}-${spanId}-01`],
    ['of version 00 with more fields', `00-${traceId}-${spanId}-01-more`],
    ['of a later version with more text', `cc-${traceId}-${spanId}-01.more`],
    ['in upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ])('is ignored when it is %s', async (_what, traceparent) => {
    const newTraceId = await logTrace(traceparent);
    expect(newTraceId).toMatch(/^[0-9a-f]{32}$/);
    expect(newTraceId).not.toBe(traceId);
  });
});

describe('the log line of a request', () => {
  it.each([
    ['GET', `/v1/things/${createId()}`, '/v1/things/:id', 404],
    ['POST', '/v1/things', '/v1/things', 403],
  ])('is one, with tenant, actor and the path of the route: %s %s', async (method, url, route, status) => {
    const { headers } = await (await host.current.as(viewer)).send({ method, url });
    expect(findLines(headers['x-request-id'])).toMatchObject([
      { route, status, tenantId: viewer.tenantId, actorId: viewer.id },
    ]);
  });
});

describe('the default headers', () => {
  it.each([
    ['/v1/ping', 'no-store'],
    ['/v1/things', 'no-store'],
    ['/nowhere', 'no-store'],
    ['/health/live', 'no-store'],
    ['/openapi.json', 'public, max-age=300'],
    ['/asyncapi.json', 'public, max-age=300'],
  ])('are on %s', async (url, caching) => {
    const { headers } = await host.current.anonymous.get(url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'strict-transport-security': expect.stringContaining('max-age'),
      'cache-control': caching,
      'content-type': expect.stringContaining('charset=utf-8'),
      'x-request-id': expect.any(String),
    });
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});
