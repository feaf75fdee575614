import type { Answer } from './answer-reader.ts';
import type { Book } from './book.ts';
import type { Connection } from './connection.ts';
import { nowMs } from './now.ts';
import type { Headers } from './requests.ts';
import type { Asked, Workload } from './workloads.ts';

const linesOf = (headers: Headers): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

const textOf = ({ method, path, headers = {}, body = '' }: Asked, common: string): string => {
  const length = method === 'GET' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\n${common}${linesOf(headers)}${length}\r\n${body}`;
};

/** The status of each answer is looked at, and the body of one in so many. */
const looksEvery = 16;

const isJsonRight = ({ isRight }: Asked, body: string): boolean => {
  try {
    return isRight(JSON.parse(body));
  } catch {
    return false;
  }
};

const assertRight = (asked: Asked, { status, body }: Answer, isLookedAt: boolean): void => {
  const isRight = status === asked.status && (!isLookedAt || isJsonRight(asked, body.toString()));
  if (isRight) return;
  const { method, path } = asked;
  throw new Error(`${method} ${path} was answered with ${status}, and not as expected: ${body.toString()}`);
};

/** Asks the next question on a connection that is free, and enters the answer into the book. */
export type Exchange = (connection: Connection, dueMs: number) => Promise<void>;

export type ExchangeParts = {
  readonly url: string;
  /** Of all requests. */
  readonly headers: Headers;
  readonly workload: Workload;
  readonly book: Book;
  /** True where the server may be asked for more than it can do, and say so by 503. */
  readonly mayRefuse?: boolean;
};

/** The exchange rejects when the answer is not the expected one. */
export const createExchange = ({ url, headers, workload, book, mayRefuse }: ExchangeParts): Exchange => {
  const common = linesOf({ host: new URL(url).host, ...headers });
  return async (connection, dueMs) => {
    const asked = workload();
    const answer = await connection.send(textOf(asked, common));
    if (mayRefuse && answer.status === 503) return book.refuse(nowMs());
    book.add(dueMs, nowMs());
    assertRight(asked, answer, book.size() % looksEvery === 1);
    asked.settle?.();
  };
};
