import { describe, expect, it } from 'vitest';
import { createAnswerReader } from './answer-reader.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text);
const body = '{"name":"Ünal"}';
const whole = bytesOf(
  `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);

describe('the reader of answers', () => {
  it('gives status and body', () => {
    const answer = createAnswerReader()(whole);
    expect(answer?.status).toBe(201);
    expect(answer?.body.toString()).toBe(body);
  });

  it('waits for the rest, wherever an answer is cut', () => {
    for (let at = 1; at < whole.length; at += 1) {
      const read = createAnswerReader();
      expect(read(whole.subarray(0, at))).toBeUndefined();
      expect(read(whole.subarray(at))?.body.toString()).toBe(body);
    }
  });

  it('reads one answer after the other', () => {
    const read = createAnswerReader();
    const empty = bytesOf('HTTP/1.1 412 Precondition Failed\r\ncontent-length: 0\r\n\r\n');
    expect([whole, empty, whole].map((bytes) => read(bytes)?.status)).toEqual([201, 412, 201]);
  });

  it.each([
    ['no length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['no status', 'HELLO\r\ncontent-length: 0\r\n\r\n'],
    ['a second answer', `${whole.toString()}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`],
  ])('refuses %s', (_, text) => {
    expect(() => createAnswerReader()(bytesOf(text))).toThrow();
  });
});
