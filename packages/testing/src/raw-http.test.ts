import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mapConcurrently } from './map-concurrently.ts';
import { getRequestId, parseProblem, sendBytes, sendRawRequest, splitResponses } from './raw-http.ts';

/** Opens a server that replies to each connection with the parts, and collects the bytes that it receives. */
const openServer = async (parts: readonly string[], isClosing = false) => {
  const received: Buffer[] = [];
  const reply = async (socket: Socket): Promise<void> => {
    for (const part of parts) await promisify((done: () => void) => socket.write(part, done))();
    if (isClosing) socket.end();
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', (chunk) => received.push(chunk));
    socket.once('data', () => void reply(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, received };
};

const request = { method: 'GET', path: '/' };

describe('sendRawRequest', () => {
  it.each([
    ['a length', ['HTTP/1.1 200 OK\r\nContent-', 'Length: 5\r\n\r\nhe', 'llo'], 'hello'],
    ['chunks', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n', '3\r\nllo\r\n0\r\n\r\n'], 'hello'],
    ['no body', ['HTTP/1.1 204 No Content\r\n\r\n'], ''],
  ])('reads a response with %s from a connection that stays open', async (_, parts, text) => {
    const { port } = await openServer(parts);
    expect(await sendRawRequest(port, request)).toMatchObject({ text, head: parts.join('').split('\r\n\r\n')[0] });
  });

  it('reads a response without a length until the connection ends', async () => {
    const { port } = await openServer(['HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhel', 'lo'], true);
    expect(await sendRawRequest(port, request)).toMatchObject({ status: 200, headers: { 'x-a': 'b' }, text: 'hello' });
  });

  it('reads no body for HEAD', async () => {
    const { port } = await openServer(['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n']);
    expect(await sendRawRequest(port, { ...request, method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it.each([[[]], [['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe']]])(
    'boundary: returns status 0 when the connection ends after %j',
    async (parts) => {
      const { port } = await openServer(parts, true);
      expect(await sendRawRequest(port, request)).toMatchObject({ status: 0, text: '' });
    },
  );

  it.each([
    ['\u00e9', 'latin1'],
    ['\u00e9\u6f22', 'utf8'],
  ] as const)('sends the header value %s unescaped, as %s', async (value, encoding) => {
    const { port, received } = await openServer(['HTTP/1.1 204 No Content\r\n\r\n']);
    await sendRawRequest(port, { method: 'POST', path: '/a b', headers: [['X-A', value]], body: '\u00e9' });
    expect(Buffer.concat(received)).toEqual(
      Buffer.concat([
        Buffer.from(`POST /a b HTTP/1.1\r\nHost: test.example\r\nX-A: ${value}\r\nContent-Length: 2\r\n\r\n`, encoding),
        Buffer.from('\u00e9'),
      ]),
    );
  });
});

it('sendBytes returns all responses of a connection', async () => {
  const problem = 'HTTP/1.1 400 Bad Request\r\nX-Request-Id: a\r\n\r\n{"status":400,"code":"invalid-request"}';
  const { port } = await openServer(['HTTP/1.1 204 No Content\r\n\r\n', problem], true);
  const { text } = await sendBytes(port, ['GET / HTTP/1.1\r\n\r\n']);
  const [, second = ''] = splitResponses(text);
  expect(second).toBe(problem);
  expect(getRequestId(second)).toBe('a');
  expect(parseProblem(second)).toEqual({ status: 400, code: 'invalid-request' });
  expect(splitResponses('')).toEqual([]);
});

it('mapConcurrently limits the calls in progress and keeps the order', async () => {
  let running = 0;
  let runningMax = 0;
  const map = async (item: number): Promise<number> => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    await sleep(item % 3);
    running -= 1;
    return item * 2;
  };
  const items = Array.from({ length: 20 }, (_, index) => index);
  expect(await mapConcurrently(items, map, 4)).toEqual(items.map((item) => item * 2));
  expect(runningMax).toBe(4);
});
