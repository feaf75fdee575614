import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createId, openSocket, parseProblem, sendBytes } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { useListeningHost } from './listening-host.ts';

const host = useListeningHost();

const post = (
  body: string | Uint8Array<ArrayBuffer>,
  { path = '/v1/things', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
) =>
  fetch(`${host.url}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: host.authorization, 'content-type': 'application/json', ...headers },
  });

const nest = (depth: number) => `{"name":"deep ${depth}","grams":1,"more":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('a body', () => {
  it.each([
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'The body is not UTF-8.'],
    ['incomplete', '{"name":', 400, /^The body is not valid JSON/],
    ['empty', '', 400, 'The body is empty. It has to be JSON.'],
    ['an object with __proto__', '{"name":"a","grams":1,"__proto__":{"x":1}}', 400, /`__proto__`/],
    ['an object with a constructor', '{"name":"a","grams":1,"constructor":{"prototype":{}}}', 400, /forbidden/],
    ['larger than 256 KiB', JSON.stringify({ name: 'x'.repeat(257 * 1024), grams: 1 }), 413, /./],
    ['nested 10,000 levels deep', nest(10_000), 400, 'The body nests more than 32 levels.'],
    ['nested one level too deep', nest(32), 400, 'The body nests more than 32 levels.'],
  ])('is refused when it is %s, and the problem says so', async (_what, body, status, detail) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = (await response.json()) as { detail: string; fix: string; errors?: unknown };
    expect(problem.detail).toMatch(detail);
    // A fix that refers to the list of fields needs one.
    expect(problem).not.toHaveProperty('errors');
    expect(problem.fix).not.toContain('`errors`');
  });

  it('boundary: may nest 32 levels, and brackets in strings do not count', async () => {
    expect((await post(nest(31))).status).toBe(201);
    expect((await post(JSON.stringify({ name: `${'['.repeat(200)}\\"{`, grams: 1 }))).status).toBe(201);
  });

  it.each([
    ['text/plain', {}],
    ['application/xml', {}],
    ['application/merge-patch+json', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
  ])('of type %s with %j is unsupported', async (type, headers) => {
    const response = await post('{"name":"a","grams":1}', { headers: { 'content-type': type, ...headers } });
    expect(response.status).toBe(415);
    const { fix } = (await response.json()) as { fix: string };
    expect(fix).toContain(
      'content-encoding' in headers ? 'without `Content-Encoding`' : '`Content-Type: application/json`',
    );
  });

  it.each([
    ['text/plain', 'hello'],
    ['application/json', ''],
    ['application/json', '{'],
    ['application/octet-stream', 'x'],
    ['malformed', 'x'],
  ])('of type %s is ignored by a route without a body: %j', async (type, body) => {
    const response = await post(body, { path: '/v1/failures/wait', headers: { 'content-type': type } });
    expect(response.status).toBe(200);
  });

  it('boundary: of more than 256 KiB is too large for a route without a body as well', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await post('x'.repeat(257 * 1024), { path: '/v1/failures/wait', headers })).status).toBe(413);
  });

  it('boundary: sent in chunks of more than 256 KiB is too large for a route without a body as well', async () => {
    const head = 'POST /v1/unknown HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const send = (count: number) => sendBytes(host.port, [`${head}${chunk.repeat(count)}0\r\n\r\n`]);
    expect(parseProblem((await send(5)).text)).toMatchObject({ status: 413 });
    expect(parseProblem((await send(4)).text)).toMatchObject({ status: 404 });
  });

  it('boundary: of more bytes than its contract allows is too large', async () => {
    const send = (bytes: number, path: string) => {
      const body = JSON.stringify({ name: '', grams: 1 });
      const headers = { 'idempotency-key': createId() };
      return post(body.replace('""', `"${'x'.repeat(bytes - body.length)}"`), { path, headers });
    };
    expect((await send(8192, '/v1/payments')).status).toBe(201);
    expect((await send(8193, '/v1/payments')).status).toBe(413);
    expect((await send(8193, '/v1/things')).status).toBe(201);
  });

  it('takes no memory of a route without a body, nor of an unknown path', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const readHeldBytes = (): number => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const sockets = await Promise.all(Array.from({ length: 200 }, () => openSocket(host.port)));
    const bytesBefore = readHeldBytes();
    const sent = sockets.map((socket, index) => {
      const path = index % 2 === 0 ? '/v1/unknown' : '/health';
      const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 262000\r\n\r\n`;
      return new Promise((resolve) => socket.write(head + 'x'.repeat(250_000), resolve));
    });
    await Promise.all(sent);
    await expect.poll(() => readHeldBytes() - bytesBefore, { timeout: 10_000 }).toBeLessThan(20_000_000);
    for (const socket of sockets) socket.destroy();
  });

  it('integrity: of 5 MB is refused before it is read, and the client reads the response', { retry: 3 }, async () => {
    const startedAt = performance.now();
    const responses = await Promise.all(Array.from({ length: 5 }, () => post('x'.repeat(5_000_000))));
    expect(responses.map(({ status }) => status)).toEqual(Array(5).fill(413));
    expect(performance.now() - startedAt).toBeLessThan(7000);
  });
});

describe('an expectation', () => {
  const send = (length: number, { expectation, body = '' }: { expectation: string; body?: string }) =>
    sendBytes(host.port, [
      `POST /v1/things HTTP/1.1\r\nHost: a\r\nAuthorization: ${host.authorization}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nExpect: ${expectation}\r\nConnection: close\r\n\r\n`,
      body,
    ]);

  it('of 100-continue receives 100 Continue', async () => {
    const body = JSON.stringify({ name: 'expected', grams: 1 });
    const { text } = await send(body.length, { expectation: '100-continue', body });
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  it('boundary: of 100-continue is refused for a body that is too large, and the connection ends', async () => {
    const { text } = await send(300 * 1024, { expectation: '100-continue' });
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toMatch(/^connection: close\r$/im);
    expect(parseProblem(text)).toMatchObject({ code: 'payload-too-large' });
  });

  it('boundary: of 100-continue is refused for a too large body of a route without one, and the connection ends', async () => {
    const head = 'POST /v1/unknown HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\nExpect: 100-continue\r\n\r\n';
    const { text } = await sendBytes(host.port, [head]);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toMatch(/^connection: close\r$/im);
  });

  it('that is unknown is ignored', async () => {
    const body = JSON.stringify({ name: 'unexpected', grams: 1 });
    expect((await send(body.length, { expectation: 'more', body })).text).toMatch(/^HTTP\/1\.1 201 /);
  });
});
