import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commonHeadersOf } from './common-headers.ts';

const common = { 'x-frame-options': 'DENY', 'content-security-policy': "default-src 'none'" };

/** The bytes of the answer that `answer` gives. */
const bytesOf = async (answer: (response: ServerResponse) => void, isOpen?: boolean): Promise<string> => {
  const add = commonHeadersOf(common, isOpen);
  const server = createServer((_request, response) => {
    add(response);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  return text(socket);
};

const linesOf = (bytes: string): string[] =>
  (bytes.split('\r\n\r\n', 1)[0] ?? '').split('\r\n').filter((line) => !/^(date|connection|keep-alive):/i.test(line));

const commonLines = Object.entries(common).map(([name, value]) => `${name}: ${value}`);

describe.each([
  ['as one text', true],
  ['one by one', false],
])('the headers of all answers, added %s', (_, isOpen) => {
  it('are there once beside its own, and the body is whole', async () => {
    const own = { 'content-type': 'text/plain', 'content-length': '5', 'set-cookie': ['a=1', 'b=2'] };
    const bytes = await bytesOf((response) => response.writeHead(200, own).end('hello'), isOpen);
    expect(linesOf(bytes).toSorted()).toEqual(
      [
        'HTTP/1.1 200 OK',
        ...commonLines,
        'content-type: text/plain',
        'content-length: 5',
        'set-cookie: a=1',
        'set-cookie: b=2',
      ].toSorted(),
    );
    expect(bytes.endsWith('\r\n\r\nhello')).toBe(true);
  });

  it('are those of an answer without a body, and of one that streams', async () => {
    const empty = await bytesOf((response) => response.writeHead(304, {}).end(), isOpen);
    expect(linesOf(empty).toSorted()).toEqual(['HTTP/1.1 304 Not Modified', ...commonLines].toSorted());
    const streamed = await bytesOf((response) => {
      response.setHeader('content-type', 'text/plain');
      response.write('a');
      response.end('b');
    }, isOpen);
    expect(linesOf(streamed)).toEqual(expect.arrayContaining([...commonLines, 'content-type: text/plain']));
  });

  it('boundary: what could split an answer is still refused by Node', async () => {
    const caught = await bytesOf((response) => {
      try {
        response.writeHead(200, { 'x-own': 'a\r\nb: c' });
      } catch (cause) {
        response.end((cause as NodeJS.ErrnoException).code);
      }
    }, isOpen);
    expect(caught).toContain('ERR_INVALID_CHAR');
    expect(caught).not.toContain('b: c');
  });
});

it('the head of an answer of this Node lies open', async () => {
  const answer = (response: ServerResponse) => response.writeHead(200, { 'content-length': '0' }).end();
  expect(await bytesOf(answer)).toMatch(/\r\nconnection: close\r\nx-frame-options/i);
});

it('integrity: a header that cannot be sent is refused at start', () => {
  expect(() => commonHeadersOf({ 'x-a': 'b\r\nc: d' })).toThrow(/Invalid character/);
  expect(() => commonHeadersOf({ 'x a': 'b' })).toThrow(/valid HTTP token/);
});
