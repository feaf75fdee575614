import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createMetrics } from '@plinth/telemetry';
import { anId, aPrincipal } from '@plinth/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, latch, thingsModule } from './things.ts';
import { exchange, open, problemIn, repliesIn, requestIdOf, statusOf } from './wire.ts';

const metrics = createMetrics();
const host = useTestHost(async () => ({
  modules: [thingsModule],
  datastore: fakeDatastore(),
  metrics,
  inFlightMax: 2,
}));
const subject = aPrincipal();
let port: number;
let headers: string;
beforeAll(async () => {
  await host.current.server.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = host.current.server.server.address() as { port: number });
  headers = `Host: a\r\nAuthorization: Bearer ${await host.current.signToken(subject)}\r\nContent-Type: application/json\r\n`;
});

const connections = () =>
  new Promise<number>((resolve) => void host.current.server.server.getConnections((_, count) => resolve(count)));

/** The lines of requests since the test began, once the host has done with all connections. */
let linesBefore = 0;
beforeEach(() => {
  linesBefore = host.current.lines.lines.length;
});
const lines = async () => {
  await expect.poll(connections).toBe(0);
  return host.current.lines.records().slice(linesBefore);
};

const valueOf = (name: string, labels: Record<string, string> = {}, suffix?: string): number =>
  metrics
    .all()
    .find((metric) => metric.name === name)
    ?.read()
    .find(
      (sample) => sample.suffix === suffix && Object.entries(labels).every(([key, is]) => sample.labels[key] === is),
    )?.value ?? 0;

const none = { module: 'host', method: 'none', route: 'none' };
const counted = () => valueOf('http_server_request_duration_seconds', { ...none, status: '4xx' }, '_count');
const failedBy = (code: string) => valueOf('http_server_errors_total', { ...none, code });
const inFlight = () => valueOf('http_server_requests_in_flight');

const ping = 'GET /v1/ping HTTP/1.1\r\nHost: a\r\n\r\n';
const chunked = () => `POST /v1/things HTTP/1.1\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`;
const wait = () => `POST /v1/failures/wait HTTP/1.1\r\n${headers}\r\n`;
const tunnel = 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a connection that brings no request', () => {
  // What would be a line of its own, if what is received could get into the log.
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
    'leaves one line and one count when it is %s, and nothing of what it brings',
    async (_how, bytes, status, code) => {
      const before = { all: counted(), ofCode: failedBy(code) };
      const { text } = await exchange(port, [bytes]);
      expect(repliesIn(text)).toHaveLength(1);
      expect(problemIn(text)).toMatchObject({ status, code });
      const requestId = requestIdOf(text);
      expect(requestId).toMatch(/^[\da-f-]{36}$/);
      const logged = await lines();
      expect(logged).toEqual([
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
      expect([counted() - before.all, failedBy(code) - before.ofCode, inFlight()]).toEqual([1, 1, 0]);
      expect(host.current.lines.lines.join('')).not.toContain('forged');
    },
    10_000,
  );

  it('is answered behind those whom it asked before', async () => {
    const name = anId();
    const body = JSON.stringify({ name, grams: 1 });
    const create = `POST /v1/things HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
    const { text } = await exchange(port, [`${create}${ping}hello\r\n\r\nhello\r\n\r\n`]);
    const replies = repliesIn(text);
    expect(replies.map(statusOf)).toEqual([201, 200, 400]);
    const logged = await lines();
    expect(logged.map(({ requestId }) => requestId)).toEqual(replies.map(requestIdOf));
    expect(logged.map(({ route }) => route)).toEqual(['/v1/things', '/v1/ping', 'none']);
  });

  it('is silent behind a request that is the last by its own word', async () => {
    const last = 'GET /v1/ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const { text } = await exchange(port, [`${last}hello\r\n\r\n`]);
    expect(repliesIn(text).map(statusOf)).toEqual([200]);
    expect(await lines()).toHaveLength(1);
  });

  it.each<[string, string, (socket: Socket) => unknown]>([
    ['ends it without a word', '', (socket) => socket.end()],
    ['ends it in a head', 'GET /v1/ping HTTP/1.1\r\nHo', (socket) => socket.end()],
    ['resets it in a head', 'GET /v1/ping HTTP/1.1\r\nHo', (socket) => socket.resetAndDestroy()],
    ['keeps it and says nothing', '', () => undefined],
  ])(
    'leaves nothing when its peer %s',
    async (_how, bytes, leave) => {
      const before = counted();
      const socket = await open(port);
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      await expect.poll(connections).toBe(1);
      socket.write(bytes);
      leave(socket);
      await once(socket, 'close');
      expect(await lines()).toEqual([]);
      expect([text, counted() - before]).toEqual(['', 0]);
    },
    10_000,
  );
});

describe('bytes that are no body', () => {
  it.each([
    ['at once', ['zz\r\n']],
    ['after a part', ['2\r\n{}\r\n', 'zz\r\n']],
  ])('are a bad request of their route, answered and logged once: %s', async (_when, chunks) => {
    const before = counted();
    const { text } = await exchange(port, [chunked(), ...chunks]);
    expect(repliesIn(text)).toHaveLength(1);
    expect(problemIn(text)).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(await lines()).toMatchObject([
      { method: 'POST', route: '/v1/things', status: 400, requestId: requestIdOf(text) },
    ]);
    expect([counted() - before, inFlight()]).toEqual([0, 0]);
  });

  it('change nothing of an answer that was given before them', async () => {
    const socket = await open(port);
    socket.write('POST /v1/things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    socket.write('zz\r\n');
    socket.on('data', () => expect.unreachable('A request has one answer.'));
    await once(socket, 'close');
    expect(statusOf(String(reply))).toBe(401);
    expect(await lines()).toMatchObject([{ route: '/v1/things', status: 401 }]);
  });
});

describe('a tunnel', () => {
  it('is refused behind those whom the connection asked before', async () => {
    const { text } = await exchange(port, [`${ping}${tunnel}`]);
    expect(repliesIn(text).map(statusOf)).toEqual([200, 405]);
    expect(text).toMatch(/^allow: \r$/im);
    expect((await lines()).map(({ route }) => route)).toEqual(['/v1/ping', 'none']);
  });

  it('race: asked for behind requests that wait, and left, gives their room to others', async () => {
    let openLatch = (): void => undefined;
    latch.opened = new Promise((resolve) => {
      openLatch = resolve;
    });
    const socket = await open(port);
    socket.write(`${wait()}${wait()}${tunnel}`);
    await expect.poll(inFlight).toBe(2);
    socket.resetAndDestroy();
    await expect.poll(inFlight).toBe(0);
    openLatch();
    expect((await lines()).map(({ status }) => status)).toEqual([499, 499]);
    expect((await host.current.anonymous.get('/v1/ping')).status).toBe(200);
  });
});
