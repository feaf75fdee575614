import type { TokenSubject } from '@plinth/auth';
import { aClock, anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { openTestHost, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));
const owner: TokenSubject = aPrincipal();
const viewer: TokenSubject = { ...owner, id: anId(), roles: ['viewer'] };
const aThing = (name: string) => ({ name, grams: 1.5 });

describe('a request', () => {
  it('is answered with the declared status, Location and ETag', async () => {
    const made = await (await host.current.as(owner)).post('/v1/things', aThing('first'));
    expect(made.status).toBe(201);
    expect(made.headers).toMatchObject({
      location: `/v1/things/${made.body.id}`,
      etag: '"1"',
      'content-type': 'application/json; charset=utf-8',
    });
    const gone = await (await host.current.as(owner)).send({
      method: 'DELETE',
      url: `/v1/things/${made.body.id}`,
      headers: { 'if-match': '"1"' },
    });
    expect(gone).toMatchObject({ status: 204, text: '' });
    expect((await (await host.current.as(owner)).get(`/v1/things/${made.body.id}`)).status).toBe(404);
  });

  it('needs no credential on a public route, and none is looked at', async () => {
    expect(await host.current.nobody.get('/v1/ping')).toMatchObject({ status: 200, body: { pong: true } });
    expect((await host.current.nobody.get('/v1/ping', { authorization: 'Bearer nonsense' })).status).toBe(200);
  });

  it('is refused for want of a permission with what is missing and who has it', async () => {
    const answer = await (await host.current.as(viewer)).post('/v1/things', aThing('no'));
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden', data: { permission: 'things:write' } } });
    expect(answer.body.detail).toContain("'viewer'");
  });

  it('with data in its error gets the declared data', async () => {
    const answer = await (await host.current.as(owner)).post('/v1/things', { name: 'anvil', grams: 1001 });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'too-heavy', data: { maxGrams: 1000 }, fix: 'Make it lighter.' },
    });
  });

  it('race: of ten with one unique value one wins, and the others get the declared error', async () => {
    const caller = await host.current.as(owner);
    const answers = await Promise.all(Array.from({ length: 10 }, () => caller.post('/v1/things', aThing('same'))));
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'name-taken',
      type: 'http://test.example/errors/things/name-taken',
    });
  });

  it('integrity: an answer that cannot be sent leaves no effect behind', async () => {
    const caller = await host.current.as(owner);
    expect((await caller.post('/v1/failures/half', undefined)).status).toBe(500);
    expect(await host.current.faults()).toHaveLength(1);
    expect((await caller.post('/v1/things', aThing('half'))).status).toBe(201);
  });

  it('that reads cannot write', async () => {
    expect((await (await host.current.as(owner)).get('/v1/writes')).status).toBe(500);
    expect(host.current.lines.lines.join()).toContain('outside a unit of work');
  });
});

describe('request ids and traces', () => {
  const lineOf = (requestId: unknown) =>
    host.current.lines.records().find((line) => line['requestId'] === requestId && line['route'] !== undefined);

  it('keeps a well-formed X-Request-Id and makes another for one that is not', async () => {
    const kept = await host.current.nobody.get('/v1/ping', { 'x-request-id': 'abc-123' });
    expect(kept.headers['x-request-id']).toBe('abc-123');
    for (const odd of ['a b', 'a\tb', '', 'x'.repeat(129), '<script>']) {
      const made = await host.current.nobody.get('/v1/ping', { 'x-request-id': odd });
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('joins the caller’s trace, and begins one for a malformed parent', async () => {
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const joined = await host.current.nobody.get('/v1/ping', { traceparent: parent });
    expect(lineOf(joined.headers['x-request-id'])).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c' });
    for (const traceparent of ['00-0-0-00', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'nonsense']) {
      const own = await host.current.nobody.get('/v1/ping', { traceparent });
      expect(lineOf(own.headers['x-request-id'])?.['traceId']).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it('is logged once, with tenant and actor, by the route’s path and not the one that was asked for', async () => {
    const answer = await (await host.current.as(viewer)).get(`/v1/things/${anId()}`);
    const lines = host.current.lines.records().filter((line) => line['requestId'] === answer.headers['x-request-id']);
    expect(lines).toMatchObject([
      { route: '/v1/things/:id', status: 404, tenantId: viewer.tenantId, actorId: viewer.id },
    ]);
  });

  it('that is refused is logged with who was refused', async () => {
    const answer = await (await host.current.as(viewer)).post('/v1/things', aThing('no'));
    const [line] = host.current.lines.records().filter((one) => one['requestId'] === answer.headers['x-request-id']);
    expect(line).toMatchObject({ status: 403, actorId: viewer.id });
  });
});

describe('headers of every answer', () => {
  it.each([
    ['/v1/ping', 'no-store'],
    ['/v1/things', 'no-store'],
    ['/nowhere', 'no-store'],
    ['/health/live', 'no-store'],
    ['/openapi.json', 'public, max-age=300'],
  ])('are on %s', async (url, caching) => {
    const { headers } = await host.current.nobody.get(url);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cache-control': caching,
    });
    expect(headers['strict-transport-security']).toContain('max-age');
    expect(headers['content-type']).toMatch(/charset=utf-8/);
    expect(headers['x-request-id']).toBeDefined();
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('x-powered-by');
  });
});

describe('tokens', () => {
  it('are refused at their end, with a challenge that says so', async () => {
    const clock = aClock();
    const timed = await openTestHost({ modules: [thingsModule], datastore: fakeDatastore(), clock });
    const caller = await timed.as(owner);
    expect((await caller.get(`/v1/things/${anId()}`)).status).toBe(404);
    clock.advance(16 * 60_000);
    const late = await caller.get(`/v1/things/${anId()}`);
    expect(late).toMatchObject({ status: 401, body: { code: 'token-expired' } });
    expect(late.headers['www-authenticate']).toContain('invalid_token');
    await timed.close();
  });

  it.each(['Bearer', 'Bearer a b', 'Basic YTpi', 'Bearer a.b.c', 'Bearer ..'])(
    'are refused as %s before validation',
    async (authorization) => {
      const answer = await host.current.nobody.post('/v1/things', { nonsense: true }, { authorization });
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    },
  );

  it('in the query string are no credential', async () => {
    const token = await host.current.tokenOf(owner);
    expect((await host.current.nobody.get(`/v1/things/${anId()}?access_token=${token}`)).status).toBe(401);
  });
});
