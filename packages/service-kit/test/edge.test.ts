import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { aPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';
import { exchange, open, problemIn, repliesIn } from './wire.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));
const subject = aPrincipal();
let port: number;
let authorization: string;
beforeAll(async () => {
  await host.current.server.listen({ host: '127.0.0.1', port: 0 });
  port = (host.current.server.server.address() as { port: number }).port;
  authorization = `Bearer ${await host.current.signToken(subject)}`;
});

const base = () => `http://127.0.0.1:${port}`;
const auth = () => ({ authorization });

const answersTo = (...parts: readonly string[]) => exchange(port, parts);

describe('bytes that are no request', () => {
  it.each([
    ['a bare line', 'hello\r\n\r\n', 400, 'invalid-request'],
    ['an unknown method', 'GRAB /v1/things HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'invalid-request'],
    [
      'two lengths',
      'POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      400,
      'invalid-request',
    ],
    [
      'a length beside chunks',
      'POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX',
      400,
      'invalid-request',
    ],
    [
      'an obscured transfer coding',
      'POST /v1/things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
      400,
      'invalid-request',
    ],
    ['a space before the colon', 'GET /health HTTP/1.1\r\nHost : a\r\n\r\n', 400, 'invalid-request'],
    ['a line feed in a header', 'GET /health HTTP/1.1\r\nHost: a\r\nX: b\n c\r\n\r\n', 400, 'invalid-request'],
    [
      'headers beyond 16 KiB',
      `GET /health HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
  ])('ambiguous framings: %s gets one problem, and the connection ends', async (_what, bytes, status, code) => {
    const { text } = await answersTo(bytes);
    expect(repliesIn(text)).toHaveLength(1);
    expect(text).toMatch(/^HTTP\/1\.1 \d{3} /);
    expect(text.toLowerCase()).toContain('content-type: application/problem+json; charset=utf-8');
    expect(text.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(problemIn(text)).toMatchObject({ status, code });
  });

  it.each([
    ['two different Hosts', 'Host: a\r\nHost: b\r\n'],
    ['one Host twice', 'Host: a\r\nhost: a\r\n'],
    ['no Host', ''],
  ])('returns 400 for %s, ends the connection, and serves nothing that follows on it', async (what, hosts) => {
    const body = JSON.stringify({ name: `behind ${what}`, grams: 1 });
    const next = `POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const { text } = await answersTo(`GET /health HTTP/1.1\r\n${hosts}\r\n${next}`, next);
    expect(repliesIn(text)).toHaveLength(1);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch(/^connection: close\r$/im);
    expect(problemIn(text)).toMatchObject({ code: 'invalid-request' });
    // The name is still free.
    expect((await (await host.current.as(subject)).post('/v1/things', JSON.parse(body))).status).toBe(201);
  });

  it('no Host is no fault of HTTP/1.0', async () => {
    const { text } = await answersTo('GET /health HTTP/1.0\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('an expectation', () => {
  const post = (length: number, expectation: string) =>
    `POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nExpect: ${expectation}\r\nConnection: close\r\n\r\n`;

  it('of an invitation is met', async () => {
    const body = JSON.stringify({ name: 'expected', grams: 1 });
    const { text } = await answersTo(post(body.length, '100-continue'), body);
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  it('boundary: a body that is too large is not invited', async () => {
    const { text } = await answersTo(post(300 * 1024, '100-continue'));
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(problemIn(text)).toMatchObject({ code: 'payload-too-large' });
  });

  it('that nobody knows is passed over', async () => {
    const body = JSON.stringify({ name: 'unexpected', grams: 1 });
    const { text } = await answersTo(post(body.length, 'more'), body);
    expect(text).toMatch(/^HTTP\/1\.1 201 /);
  });
});

describe('thirty pipelined requests', () => {
  it('are answered in their order', async () => {
    const request = (at: number) =>
      `GET /health HTTP/1.1\r\nHost: a\r\nX-Request-Id: r${at}\r\n${at === 29 ? 'Connection: close\r\n' : ''}\r\n`;
    const { text } = await answersTo(Array.from({ length: 30 }, (_, at) => request(at)).join(''));
    const ids = [...text.matchAll(/x-request-id: (r\d+)/gi)].map(([, id]) => id);
    expect(ids).toEqual(Array.from({ length: 30 }, (_, at) => `r${at}`));
  });
});

describe('slow clients', () => {
  it('slow headers, slow bodies, idle connections: all are cut in time, and health is served meanwhile', async () => {
    const slowHeaders = Array.from({ length: 36 }, () => answersTo('GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: '));
    const slowBodies = Array.from({ length: 36 }, () =>
      answersTo(
        `POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
      ),
    );
    const idle = await Promise.all(Array.from({ length: 200 }, () => open(port)));
    const before = process.memoryUsage().rss;
    const times: number[] = [];
    const watch = setInterval(() => {
      const began = performance.now();
      void fetch(`${base()}/health`).then(() => times.push(performance.now() - began));
    }, 500);
    const [headers, bodies] = await Promise.all([Promise.all(slowHeaders), Promise.all(slowBodies)]);
    clearInterval(watch);
    for (const socket of idle) socket.destroy();
    for (const { text, ms } of [...headers, ...bodies]) {
      expect(ms).toBeLessThan(12_000);
      expect(repliesIn(text)).toHaveLength(1);
      expect(problemIn(text)).toMatchObject({ status: 408, code: 'request-timeout' });
    }
    expect(times.length).toBeGreaterThan(5);
    expect(Math.max(...times)).toBeLessThan(1500);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  }, 20_000);
});

describe('what a caller accepts', () => {
  it.each([
    ['text/html', 406],
    ['application/json;q=0', 406],
    ['application/json;q=0, */*', 406],
    ['application/*;q=0', 406],
    ['image/png, text/*', 406],
    ['*/*', 200],
    ['application/*', 200],
    ['text/html, application/json;q=0.1', 200],
    ['text/html, */*;q=0.1', 200],
    ['APPLICATION/JSON', 200],
    ['', 200],
  ])('%j gets %i', async (accept, status) => {
    const answer = await fetch(`${base()}/v1/ping`, { headers: { accept } });
    expect(answer.status).toBe(status);
    if (status === 406) expect(await answer.json()).toMatchObject({ code: 'not-acceptable' });
  });

  it('integrity: decides before the effect', async () => {
    const caller = await host.current.as(subject);
    const body = { name: 'not acceptable', grams: 1 };
    expect((await caller.post('/v1/things', body, { accept: 'text/html' })).status).toBe(406);
    expect((await caller.post('/v1/things', body)).status).toBe(201);
  });
});

describe('a body', () => {
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(`${base()}/v1/things`, {
      method: 'POST',
      body,
      headers: { ...auth(), 'content-type': 'application/json', ...headers },
    });
  const nested = (depth: number) =>
    `{"name":"deep ${depth}","grams":1,"more":${'['.repeat(depth)}${']'.repeat(depth)}}`;

  it.each([
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'The body is not UTF-8.'],
    ['incomplete', '{"name":', 400, /^The body is not valid JSON/],
    ['empty', '', 400, 'The body is empty. It has to be JSON.'],
    ['an object with __proto__', '{"name":"a","grams":1,"__proto__":{"x":1}}', 400, /`__proto__`/],
    ['an object with a constructor', '{"name":"a","grams":1,"constructor":{"prototype":{}}}', 400, /forbidden/],
    ['larger than 256 KiB', JSON.stringify({ name: 'x'.repeat(257 * 1024), grams: 1 }), 413, /./],
    ['nested 10,000 levels deep', nested(10_000), 400, 'The body nests more than 32 levels.'],
    ['nested one level too deep', nested(32), 400, 'The body nests more than 32 levels.'],
  ])('is refused when it is %s, and the problem says so', async (_what, body, status, detail) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = (await response.json()) as { detail: string; fix: string; errors?: unknown };
    expect(problem.detail).toMatch(detail);
    // A fix that refers to the list of fields needs one.
    expect(problem).not.toHaveProperty('errors');
    expect(problem.fix).not.toMatch(/fields that `errors` names/);
  });

  it.each([
    ['text/plain', 'hello'],
    ['application/json', ''],
    ['application/json', '{'],
    ['application/octet-stream', 'x'],
  ])('of type %s is passed over by a route that takes none: %j', async (type, body) => {
    const answer = await fetch(`${base()}/v1/failures/leak`, {
      method: 'POST',
      body,
      headers: { ...auth(), 'content-type': type },
    });
    expect(answer.status).toBe(500);
    expect((await host.current.faults()).join()).toContain('secretSauce');
  });

  it('boundary: of more than 256 KiB is too large for a route that takes none as well', async () => {
    const answer = await fetch(`${base()}/v1/failures/crash`, {
      method: 'POST',
      body: 'x'.repeat(257 * 1024),
      headers: { ...auth(), 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(413);
  });

  it('boundary: may nest 32 levels, and brackets in strings are none', async () => {
    expect((await post(nested(31))).status).toBe(201);
    expect((await post(JSON.stringify({ name: `${'['.repeat(200)}\\"{`, grams: 1 }))).status).toBe(201);
  });

  it.each([
    ['text/plain', {}],
    ['application/xml', {}],
    ['application/merge-patch+json', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('of type %s with %j is unsupported', async (type, headers) => {
    const answer = await post('{"name":"a","grams":1}', { 'content-type': type, ...headers });
    expect(answer.status).toBe(415);
  });
});

describe('a long answer', () => {
  const raw = async (coding: string | undefined, path = '/v1/long') => {
    const answer = await host.current.server.inject({
      method: 'GET',
      url: path,
      headers: { ...auth(), ...(coding !== undefined && { 'accept-encoding': coding }) },
    });
    return { headers: answer.headers, payload: answer.rawPayload };
  };

  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['gzip, br', 'br'],
    ['gzip, br;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'gzip'],
    ['identity', undefined],
    ['br;q=0, gzip;q=0', undefined],
    [undefined, undefined],
  ])('for %j is sent as %j', async (asked, coding) => {
    const { headers, payload } = await raw(asked);
    expect(headers['content-encoding']).toBe(coding);
    expect(headers['vary']).toBe(coding && 'accept-encoding');
    const plain = coding === 'br' ? brotliDecompressSync(payload) : coding === 'gzip' ? gunzipSync(payload) : payload;
    expect(JSON.parse(plain.toString())).toEqual({ text: 'long '.repeat(400) });
  });

  it('boundary: a short one, and one that holds a secret, are sent as they are', async () => {
    expect((await raw('br', '/v1/ping')).headers['content-encoding']).toBeUndefined();
    const secret = await raw('br', '/v1/long-secret');
    expect(secret.payload.length).toBeGreaterThan(1024);
    expect(secret.headers['content-encoding']).toBeUndefined();
  });
});
