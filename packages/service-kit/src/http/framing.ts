import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { commonErrors } from '@plinth/contract-kit';

/**
 * Refuses a request with more than one Host, because a proxy may have chosen the other one, and one without, which only
 * HTTP/1.0 allows.
 * @throws `invalid-request`.
 */
export const assertOneHost = ({
  rawHeaders,
  httpVersion,
}: Pick<IncomingMessage, 'rawHeaders' | 'httpVersion'>): void => {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) throw commonErrors.invalidRequest({ detail: 'The request has more than one Host header.' });
  if (hosts === 0 && httpVersion === '1.1') {
    throw commonErrors.invalidRequest({ detail: 'The request has no Host header.' });
  }
};

/**
 * Answers `Expect: 100-continue`. A body that says it is too large is not invited: its request is handled without it,
 * which ends in 413. Any other expectation is passed over, as HTTP allows.
 */
export const addExpectations = (server: Server, bodyLimitBytes: number): void => {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced <= bodyLimitBytes) response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
};

/** So long a body is read on after it has been refused, in milliseconds. */
const lingerMs = 2000;

/**
 * The body of an answer to a request that is still being sent, and whose connection ends with the answer. What comes
 * meanwhile is read and dropped: to close on somebody who is sending would take the answer away from them.
 */
export const lingering = (body: string, request: IncomingMessage): Readable => {
  async function* parts(): AsyncGenerator<string> {
    yield body;
    request.resume();
    await Promise.race([once(request, 'end'), once(request, 'close'), sleep(lingerMs)]).catch(() => undefined);
  }
  return Readable.from(parts(), { objectMode: false });
};
