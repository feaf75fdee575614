import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createMetrics } from '@plinth/telemetry';
import { readValue } from '@plinth/telemetry/testing';
import {
  createId,
  getRequestId,
  getStatus,
  openSocket,
  parseProblem,
  sendBytes,
  splitResponses,
} from '@plinth/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useListeningHost } from './listening-host.ts';
import { latch } from './things.ts';

const metrics = createMetrics();
const host = useListeningHost({ metrics, inFlightMax: 2 });

/** A connection to it sends nothing and is cut while the other tests run. */
const silentMetrics = createMetrics();
const silentHost = useListeningHost({ metrics: silentMetrics });

/** Opens a connection. Resolves with the received text when the server has ended it. */
const readSilently = async (port: number): Promise<string> => {
  const socket = await openSocket(port);
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  await once(socket, 'close');
  return text;
};
let silence: Promise<string>;
beforeAll(() => {
  silence = readSilently(silentHost.port);
});

const countConnections = () =>
  new Promise<number>((resolve) => void host.current.server.server.getConnections((_, count) => resolve(count)));

let linesBefore = 0;
beforeEach(() => {
  linesBefore = host.current.lines.lines.length;
});
/** Returns the log lines of a test, except security events, after its connections have ended. */
const readLines = async () => {
  await expect.poll(countConnections).toBe(0);
  const records = host.current.lines.records().slice(linesBefore);
  return records.filter(({ stream }) => stream !== 'security');
};

const unroutedLabels = { module: 'host', method: 'none', route: 'none' };
const durations = 'http_server_request_duration_seconds';
const countRefusals = async (of = metrics) =>
  (await readValue(of, {
    name: durations,
    series: `${durations}_count`,
    labels: { ...unroutedLabels, status: '4xx' },
  })) ?? 0;
const countErrors = async (code: string) =>
  (await readValue(metrics, { name: 'http_server_errors_total', labels: { ...unroutedLabels, code } })) ?? 0;
const inFlight = () => readValue(metrics, { name: 'http_server_requests_in_flight' });

const ping = 'GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n';
const tunnel = 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n';
const headers = () => `Host: a\r\nAuthorization: ${host.authorization}\r\nContent-Type: application/json\r\n`;
const chunked = () => `POST /v1/things HTTP/1.1\r\n${headers()}Transfer-Encoding: chunked\r\n\r\n`;
const waitingRequest = () => `POST /v1/failures/wait HTTP/1.1\r\n${headers()}\r\n`;
const create = (name: string) => {
  const body = JSON.stringify({ name, grams: 1 });
  return `POST /v1/things HTTP/1.1\r\n${headers()}Content-Length: ${body.length}\r\n\r\n${body}`;
};

describe('bytes that are not a request', () => {
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
      'a length together with chunks',
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
    const { text } = await sendBytes(host.port, [bytes]);
    expect(splitResponses(text)).toHaveLength(1);
    expect(text.toLowerCase()).toContain('content-type: application/problem+json; charset=utf-8');
    expect(text.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(parseProblem(text)).toMatchObject({ status, code });
  });

  // This text would be a separate log line if it reached the log unescaped.
  const forged = '\n{"level":"info","event":"request-served","requestId":"forged"}\n';

  it.each([
    ['malformed', `forged${forged}\r\n\r\n`, 400, 'invalid-request'],
    [
      'too large',
      `GET /forged HTTP/1.1\r\nHost: a\r\nX-Request-Id: forged${'x'.repeat(20_000)}`,
      431,
      'headers-too-large',
    ],
    ['too slow', 'GET /forged HTTP/1.1\r\nX-Request-Id: forged\r\nHost: ', 408, 'request-timeout'],
    ['a tunnel', 'CONNECT forged:22 HTTP/1.1\r\nHost: a\r\nX-Request-Id: forged\r\n\r\n', 405, 'method-not-allowed'],
  ])(
    'are logged and counted once when they are %s, without anything that was received',
    async (_how, bytes, status, code) => {
      const before = { refusals: await countRefusals(), errors: await countErrors(code) };
      const { text } = await sendBytes(host.port, [bytes]);
      expect(parseProblem(text)).toMatchObject({ status, code });
      const requestId = getRequestId(text);
      expect(requestId).toMatch(/^[\da-f-]{36}$/);
      expect(await readLines()).toEqual([
        {
          level: 'info',
          time: expect.any(String),
          service: 'test',
          event: 'request-served',
          method: 'none',
          route: 'none',
          status,
          durationMs: status === 408 ? 5000 : 0,
          requestId,
        },
      ]);
      expect([
        (await countRefusals()) - before.refusals,
        (await countErrors(code)) - before.errors,
        await inFlight(),
      ]).toEqual([1, 1, 0]);
      expect(host.current.lines.lines.join('')).not.toContain('forged');
    },
  );

  it('receive their response after the pipelined requests before them', async () => {
    const { text } = await sendBytes(host.port, [`${create(createId())}${ping}hello\r\n\r\nhello\r\n\r\n`]);
    const replies = splitResponses(text);
    expect(replies.map(getStatus)).toEqual([201, 200, 400]);
    const lines = await readLines();
    expect(lines.map(({ requestId }) => requestId)).toEqual(replies.map(getRequestId));
    expect(lines.map(({ route }) => route)).toEqual(['/v1/things', '/v1/ping', 'none']);
  });

  it('are ignored after a request that closes the connection', async () => {
    const last = 'GET /v1/ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const { text } = await sendBytes(host.port, [`${last}hello\r\n\r\n`]);
    expect(splitResponses(text).map(getStatus)).toEqual([200]);
    expect(await readLines()).toHaveLength(1);
  });

  it.each<[string, string, (socket: Socket) => unknown]>([
    ['ends a connection without a byte', '', (socket) => socket.end()],
    ['ends it within the headers', 'GET /v1/ping HTTP/1.1\r\nHo', (socket) => socket.end()],
    ['resets it within the headers', 'GET /v1/ping HTTP/1.1\r\nHo', (socket) => socket.resetAndDestroy()],
  ])('get no reply and no log line when the client %s', async (_how, bytes, leave) => {
    const before = await countRefusals();
    const socket = await openSocket(host.port);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    await expect.poll(countConnections).toBe(1);
    socket.write(bytes);
    leave(socket);
    await once(socket, 'close');
    expect(await readLines()).toEqual([]);
    expect([text, (await countRefusals()) - before]).toEqual(['', 0]);
  });

  it('get no reply and no log line when the client keeps it open and sends nothing', async () => {
    expect(await silence).toBe('');
    expect(silentHost.current.lines.records()).toEqual([]);
    expect(await countRefusals(silentMetrics)).toBe(0);
  });
});

describe('bytes that are not a body', () => {
  it.each([
    ['in the first chunk', ['zz\r\n']],
    ['after a valid chunk', ['2\r\n{}\r\n', 'zz\r\n']],
  ])('are a 400 of their route, sent and logged once: %s', async (_when, chunks) => {
    const before = await countRefusals();
    const { text } = await sendBytes(host.port, [chunked(), ...chunks]);
    expect(splitResponses(text)).toHaveLength(1);
    expect(parseProblem(text)).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(await readLines()).toMatchObject([
      { method: 'POST', route: '/v1/things', status: 400, requestId: getRequestId(text) },
    ]);
    expect([(await countRefusals()) - before, await inFlight()]).toEqual([0, 0]);
  });

  it('add no second reply to one that was sent before them', async () => {
    const socket = await openSocket(host.port);
    socket.write('POST /v1/things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    socket.write('zz\r\n');
    socket.on('data', () => expect.unreachable('A request has one reply.'));
    await once(socket, 'close');
    expect(getStatus(String(reply))).toBe(401);
    expect(await readLines()).toMatchObject([{ route: '/v1/things', status: 401 }]);
  });
});

describe('the Host of a request, and its token', () => {
  it.each([
    ['two different Hosts', 'Host: a\r\nHost: b\r\n'],
    ['one Host twice', 'Host: a\r\nhost: a\r\n'],
    ['two tokens', 'Host: a\r\nAuthorization: Bearer a\r\nauthorization: Bearer b\r\n'],
    ['no Host', ''],
  ])('returns 400 for %s, ends the connection, and serves nothing that follows on it', async (what, hosts) => {
    const next = create(`behind ${what}`);
    const { text } = await sendBytes(host.port, [`GET /health HTTP/1.1\r\n${hosts}\r\n${next}`, next]);
    expect(splitResponses(text)).toHaveLength(1);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch(/^connection: close\r$/im);
    expect(parseProblem(text)).toMatchObject({ code: 'invalid-request' });
    // The second request has created nothing, so its name is still free.
    const caller = await host.current.as(host.subject);
    expect((await caller.post('/v1/things', { name: `behind ${what}`, grams: 1 })).status).toBe(201);
  });

  it('is checked when the URL is malformed, too', async () => {
    const { text } = await sendBytes(host.port, [`GET /v1/things/%zz HTTP/1.1\r\n\r\n${ping}`, ping]);
    expect(splitResponses(text)).toHaveLength(1);
    expect(text).toMatch(/^connection: close\r$/im);
    expect(parseProblem(text)).toMatchObject({ status: 400, detail: 'The request has no Host header.' });
  });

  it('may be missing in HTTP/1.0', async () => {
    expect((await sendBytes(host.port, ['GET /health HTTP/1.0\r\n\r\n'])).text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a tunnel', () => {
  it('is refused after the pipelined requests before it', async () => {
    const { text } = await sendBytes(host.port, [`${ping}${tunnel}`]);
    expect(splitResponses(text).map(getStatus)).toEqual([200, 405]);
    expect(text).toMatch(/^allow: \r$/im);
    expect((await readLines()).map(({ route }) => route)).toEqual(['/v1/ping', 'none']);
  });

  it('race: frees the slots of waiting requests when the client disconnects', async () => {
    let openLatch = (): void => undefined;
    latch.opened = new Promise((resolve) => {
      openLatch = resolve;
    });
    const socket = await openSocket(host.port);
    socket.write(`${waitingRequest()}${waitingRequest()}${tunnel}`);
    await expect.poll(inFlight).toBe(2);
    socket.resetAndDestroy();
    await expect.poll(inFlight).toBe(0);
    openLatch();
    expect((await readLines()).map(({ status }) => status)).toEqual([499, 499]);
    expect((await host.current.anonymous.get('/v1/ping')).status).toBe(200);
  });
});

it('thirty pipelined requests receive their responses in order', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `r${index}`);
  const requests = ids.map((id) => {
    const connection = id === 'r29' ? 'Connection: close\r\n' : '';
    return `GET /health HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n${connection}\r\n`;
  });
  const { text } = await sendBytes(host.port, [requests.join('')]);
  expect(splitResponses(text).map(getRequestId)).toEqual(ids);
});
