import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApiOptions, createApi } from '../src/core/index.ts';
import { importProducts, placeOrder } from '../src/orders/index.ts';
import { changeRole, createUser, getMe, getUser, listUsers } from '../src/users/index.ts';
import { drop, dropBody, hang, json, openFlakyServer, problem, type Step } from './flaky-server.ts';

const user = { id: 'u1', name: 'Ada', email: 'ada@acme.example', role: 'member', status: 'active', version: 1 };
const created = json(201, user, { etag: '"1"', 'x-request-id': 'r1' });
const body = { name: 'Ada', email: 'ada@acme.example', role: 'member' } as const;
const now = { 'retry-after': '0' };
const circle: { name?: unknown } = { ...body };
circle.name = circle;

let server: Awaited<ReturnType<typeof openFlakyServer>>;
beforeAll(async () => {
  server = await openFlakyServer();
});
afterAll(() => server.close());
beforeEach(() => {
  // Without jitter, a repeated request is sent immediately.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  return () => vi.restoreAllMocks();
});

const open = (options: Partial<ApiOptions> = {}) => createApi({ baseUrl: server.baseUrl, token: 't', ...options });

describe('a request', () => {
  it('has the path, the query, the body and the headers of its input', async () => {
    const received = server.play(json(200, user));
    await changeRole(open(), { id: 'a/b', body: { role: 'owner' }, ifMatch: 3 }, { headers: { traceparent: '00-1' } });
    await listUsers(open(), { query: { 'createdAt[gte]': '2026-01-31T09:30:00+01:00', limit: 5 } });
    expect(received.map(({ method, url, body: sent }) => [method, url, sent])).toEqual([
      ['PUT', '/v1/users/a%2Fb/role', '{"role":"owner"}'],
      ['GET', '/v1/users?createdAt%5Bgte%5D=2026-01-31T09%3A30%3A00%2B01%3A00&limit=5', ''],
    ]);
    expect(received[0]?.headers).toMatchObject({
      authorization: 'Bearer t',
      'content-type': 'application/json',
      'if-match': '"3"',
      'idempotency-key': expect.stringMatching(/^[\w-]{20,}$/),
      traceparent: '00-1',
    });
    expect(received[1]?.headers).not.toHaveProperty('idempotency-key');
  });

  it('sends a file as it is, with its type, in each try', async () => {
    const received = server.play(drop, json(202, { id: 'o1' }));
    const file = new Blob(['sku,name\nA,Tea\n'], { type: 'text/csv' });
    expect(await importProducts(open(), { body: file })).toMatchObject({ ok: true, status: 202 });
    expect(received.map(({ body: sent }) => sent)).toEqual(['sku,name\nA,Tea\n', 'sku,name\nA,Tea\n']);
    expect(received.map(({ headers }) => headers['content-type'])).toEqual(['text/csv', 'text/csv']);
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('sends an ETag as it was received', async () => {
    const received = server.play(json(200, user));
    await changeRole(open({ baseUrl: `${server.baseUrl}/` }), { id: 'u1', body: { role: 'owner' }, ifMatch: '"7"' });
    expect(received[0]?.headers['if-match']).toBe('"7"');
  });

  it.each(['..', '.', '', '\ud800'])('boundary: is not sent with the path parameter %j', async (id) => {
    const received = server.play(json(200, user));
    expect(await getUser(open(), { id })).toMatchObject({ ok: false, status: 0, problem: { code: 'invalid-path' } });
    expect(received).toEqual([]);
  });

  it.each([
    ['a bigint', { ...body, name: 1n }],
    ['a circle', circle],
  ])('boundary: is not sent with a body that JSON cannot represent: %s', async (_, sent) => {
    const received = server.play(json(200, user));
    expect(await createUser(open(), { body: sent as never })).toMatchObject({
      ok: false,
      status: 0,
      problem: { code: 'invalid-body', cause: expect.any(TypeError) },
    });
    expect(received).toEqual([]);
  });

  it('boundary: escapes dots and slashes that are a part of a parameter', async () => {
    const received = server.play(json(200, user));
    await getUser(open(), { id: '../me' });
    expect(received[0]?.url).toBe('/v1/users/..%2Fme');
  });
});

describe('a result', () => {
  it('is the data with its status, ETag and request id', async () => {
    server.play(created);
    expect(await createUser(open(), { body })).toEqual({
      ok: true,
      status: 201,
      data: user,
      etag: '"1"',
      requestId: 'r1',
    });
  });

  it('has no data after a 204', async () => {
    server.play((response) => response.writeHead(204).end());
    expect(await getMe(open())).toMatchObject({ ok: true, status: 204, data: undefined });
  });

  it('is the problem that the API sends', async () => {
    server.play(problem(409, 'email-taken'));
    expect(await createUser(open(), { body })).toMatchObject({
      ok: false,
      status: 409,
      problem: { code: 'email-taken' },
    });
  });

  it.each([
    ['a page of a proxy', 418, '<html>'],
    ['JSON that is not a problem', 400, '{"error":"no"}'],
    ['half of a success', 200, '{"id":'],
  ])('names %s as unexpected', async (_, status, text) => {
    server.play((response) => response.writeHead(status).end(text));
    expect(await createUser(open(), { body })).toMatchObject({ status, problem: { code: 'unexpected-response' } });
  });

  it('names a failed connection, with its cause', async () => {
    server.play(drop);
    const result = await getMe(open({ retries: 0 }));
    expect(result).toMatchObject({
      ok: false,
      status: 0,
      problem: { code: 'connection-failed', cause: expect.any(Error) },
    });
  });
});

describe('a write that fails', () => {
  it.each([
    ['a dropped connection', drop],
    ['half of a response', dropBody('{"id":')],
    ['a 429', problem(429, 'rate-limited', now)],
    ['a 502 of a proxy', json(502, 'Bad Gateway')],
    ['a 503', problem(503, 'unavailable', now)],
    ['an unknown outcome', problem(503, 'outcome-unknown')],
    ['a 504', problem(504, 'upstream-timeout')],
  ])('integrity: is repeated with the same idempotency key after %s', async (_, failure) => {
    const received = server.play(failure, failure, created);
    expect(await placeOrder(open(), { body: {} as never })).toMatchObject({ ok: true });
    const keys = new Set(received.map(({ headers }) => headers['idempotency-key']));
    expect([received.length, keys.size]).toEqual([3, 1]);
  });

  it.each([
    [400, 'invalid-request'],
    [404, 'not-found'],
    [409, 'conflict'],
    [412, 'stale-version'],
    [422, 'idempotency-mismatch'],
    [500, 'internal'],
  ])('is not repeated after a %i', async (status, code) => {
    const received = server.play(problem(status, code), created);
    expect(await createUser(open(), { body })).toMatchObject({ ok: false, status });
    expect(received).toHaveLength(1);
  });

  it('has another key for each call, or the one of its caller', async () => {
    const received = server.play(created);
    const api = open();
    await createUser(api, { body });
    await createUser(api, { body });
    await createUser(api, { body }, { idempotencyKey: 'mine' });
    const keys = received.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('mine');
  });

  it('boundary: is repeated three times, or as often as the API says', async () => {
    const received = server.play(drop);
    await createUser(open(), { body });
    expect(received).toHaveLength(4);
    server.play(drop);
    await createUser(open({ retries: 1 }), { body });
    expect(received).toHaveLength(2);
  });
});

describe('the wait before a repetition', () => {
  const measure = async (...steps: readonly Step[]): Promise<number> => {
    server.play(...steps);
    const start = performance.now();
    expect(await getMe(open())).toMatchObject({ ok: true });
    return performance.now() - start;
  };

  it('is random: at most 200 milliseconds at first, and longer with each repetition', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const elapsedMs = await measure(drop, drop, json(200, user));
    expect(elapsedMs).toBeGreaterThan(295);
    expect(elapsedMs).toBeLessThan(900);
  });

  it('adds jitter to Retry-After', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    expect(await measure(problem(429, 'rate-limited', { 'retry-after': '1' }), json(200, user))).toBeGreaterThan(1095);
  });

  it('is left out when it would exceed the time of the call', async () => {
    const received = server.play(problem(503, 'unavailable', { 'retry-after': '60' }));
    expect(await getMe(open())).toMatchObject({ ok: false, status: 503, problem: { code: 'unavailable' } });
    expect(received).toHaveLength(1);
  });
});

describe('a call', () => {
  it('repeats a try that takes too long', async () => {
    const received = server.play(hang, json(200, user));
    expect(await getMe(open({ tryTimeoutMs: 60 }))).toMatchObject({ ok: true });
    expect(received).toHaveLength(2);
  });

  it('ends with its time limit', async () => {
    server.play(hang);
    expect(await getMe(open(), {}, { timeoutMs: 60 })).toMatchObject({ status: 0, problem: { code: 'timed-out' } });
    expect(await getMe(open({ tryTimeoutMs: 20, retries: 1 }))).toMatchObject({ problem: { code: 'timed-out' } });
  });

  it.each([
    ['the response', () => open(), hang],
    [
      'the rest of a response',
      () => open(),
      (response: Parameters<typeof hang>[0]) => void response.writeHead(200).write('{'),
    ],
    ['a repetition', () => open(), problem(503, 'unavailable', { 'retry-after': '5' })],
    ['a token', () => open({ token: () => new Promise<string>(() => undefined) }), hang],
    ['a fetch that ignores the signal', () => open({ fetch: () => new Promise(() => undefined) }), hang],
  ])('is aborted within 50 milliseconds while it waits for %s', { retry: 3 }, async (_, openApi, step) => {
    server.play(step);
    const controller = new AbortController();
    const pending = getMe(openApi(), {}, { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const start = performance.now();
    controller.abort();
    expect(await pending).toMatchObject({ ok: false, status: 0, problem: { code: 'aborted' } });
    expect(performance.now() - start).toBeLessThan(50);
  });

  it('sends nothing when it is aborted before', async () => {
    const received = server.play(json(200, user));
    expect(await getMe(open(), {}, { signal: AbortSignal.abort() })).toMatchObject({ problem: { code: 'aborted' } });
    expect(received).toEqual([]);
  });
});
