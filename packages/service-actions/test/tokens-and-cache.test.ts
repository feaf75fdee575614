import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ApiOptions, createApi } from '../src/core/index.ts';
import { getMe, getUser } from '../src/users/index.ts';
import { json, openFlakyServer, problem, type Step } from './flaky-server.ts';

let server: Awaited<ReturnType<typeof openFlakyServer>>;
beforeAll(async () => {
  server = await openFlakyServer();
});
afterAll(() => server.close());

const open = (options: Partial<ApiOptions>) => createApi({ baseUrl: server.baseUrl, ...options });

/** Accepts one token only. */
const accept =
  (token: string): Step =>
  (response, request) =>
    request.headers.authorization === `Bearer ${token}`
      ? json(200, { id: 'u1' })(response, request)
      : problem(401, 'token-expired')(response, request);

const later = async <T>(value: T): Promise<T> => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return value;
};

describe('the token', () => {
  it('race: is fetched once for concurrent calls, and kept', async () => {
    const token = vi.fn(() => later('t1'));
    const api = open({ token });
    server.play(accept('t1'));
    expect(await Promise.all(Array.from({ length: 20 }, () => getMe(api)))).toEqual(
      Array.from({ length: 20 }, () => expect.objectContaining({ ok: true })),
    );
    await getMe(api);
    expect(token.mock.calls).toEqual([[undefined]]);
  });

  it('race: is renewed once for all calls that were refused', async () => {
    const token = vi.fn((refused?: string) => later(refused === undefined ? 'old' : 'new'));
    const api = open({ token });
    const received = server.play(accept('new'));
    const results = await Promise.all(Array.from({ length: 20 }, () => getMe(api)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(token.mock.calls).toEqual([[undefined], ['old']]);
    expect(received).toHaveLength(40);
  });

  it('is renewed once in a call, which then returns the 401', async () => {
    let count = 0;
    const received = server.play(problem(401, 'unauthenticated'));
    expect(await getMe(open({ token: () => `t${count++}` }))).toMatchObject({ status: 401 });
    expect(received).toHaveLength(2);
  });

  it('is not sent again when the renewal returns the same', async () => {
    const received = server.play(problem(401, 'unauthenticated'));
    expect(await getMe(open({ token: 'constant' }))).toMatchObject({ status: 401 });
    expect(received).toHaveLength(1);
  });

  it('is fetched again by the next call when the function failed', async () => {
    const token = vi.fn(async () => 't1').mockRejectedValueOnce(new Error('no session'));
    const api = open({ token });
    server.play(accept('t1'));
    expect(await getMe(api)).toMatchObject({
      ok: false,
      status: 0,
      problem: { code: 'token-unavailable', cause: new Error('no session') },
    });
    expect(await getMe(api)).toMatchObject({ ok: true });
  });

  it('is not needed', async () => {
    const received = server.play(json(200, {}));
    await getMe(open({}));
    expect(received[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('a response with an ETag', () => {
  const versioned: Step = (response, request) =>
    request.headers['if-none-match'] === '"1"'
      ? response.writeHead(304, { etag: '"1"', 'x-request-id': 'r2' }).end()
      : json(
          200,
          { id: 'u1', of: request.headers.authorization },
          { etag: '"1"', 'x-request-id': 'r1' },
        )(response, request);

  it('is reused when the API says that it is still valid', async () => {
    const api = open({ token: 't' });
    server.play(versioned);
    const first = await getUser(api, { id: 'u1' });
    const second = await getUser(api, { id: 'u1' });
    expect(second).toEqual({ ...first, requestId: 'r2' });
    expect(second).toMatchObject({ status: 200, etag: '"1"' });
  });

  it('integrity: is a copy, which its caller may change', async () => {
    const api = open({ token: 't' });
    server.play(versioned);
    const first = await getUser(api, { id: 'u1' });
    if (first.ok) Object.assign(first.data, { id: 'changed' });
    expect(await getUser(api, { id: 'u1' })).toMatchObject({ data: { id: 'u1' } });
  });

  it('boundary: is never shown to the user of another token', async () => {
    let token = 'a';
    const api = open({ token: () => token });
    const expireOnce: Step[] = [versioned, problem(401, 'token-expired'), versioned];
    const received = server.play(...expireOnce);
    expect(await getMe(api)).toMatchObject({ data: { of: 'Bearer a' } });
    token = 'b';
    expect(await getMe(api)).toMatchObject({ data: { of: 'Bearer b' } });
    expect(received.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', undefined]);
  });

  it('boundary: is kept while 100 others are read, and no longer', async () => {
    const api = open({ token: 't' });
    const received = server.play(versioned);
    for (let index = 0; index < 101; index++) await getUser(api, { id: `u${index}` });
    await getUser(api, { id: 'u1' });
    await getUser(api, { id: 'u0' });
    expect(received.slice(-2).map(({ headers }) => headers['if-none-match'])).toEqual(['"1"', undefined]);
  });

  it('is unexpected when nothing was kept', async () => {
    server.play((response) => response.writeHead(304).end());
    expect(await getMe(open({}))).toMatchObject({ ok: false, status: 304, problem: { code: 'unexpected-response' } });
  });
});

describe('a deprecated route', () => {
  it('is reported once', async () => {
    const onDeprecated = vi.fn();
    const api = open({ onDeprecated });
    const date = 'Thu, 31 Dec 2026 00:00:00 GMT';
    server.play(json(200, {}, { deprecation: '@1767225600', sunset: date }));
    await getMe(api);
    await getMe(api);
    expect(onDeprecated.mock.calls).toEqual([['GET /v1/users/me', date]]);
  });

  it('is a warning on the console by default', async () => {
    const warning = vi.spyOn(console, 'warn').mockReturnValue();
    server.play(json(200, {}, { deprecation: '@1767225600' }));
    await getMe(open({}));
    expect(warning.mock.calls).toEqual([['GET /v1/users/me is deprecated.', '']]);
    warning.mockRestore();
  });
});
