import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { commonErrors } from '@plinth/kernel';

/**
 * Refuses a request with more than one Host: a proxy may have chosen the other one.
 * @throws `invalid-request`.
 */
export const assertOneHost = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): void => {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) throw commonErrors.invalidRequest({ detail: 'The request has more than one Host header.' });
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
