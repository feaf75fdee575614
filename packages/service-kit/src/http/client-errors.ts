import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ApiError, commonErrors, type Ids } from '@plinth/kernel';
import { toProblem } from './problem.ts';

type Parts = {
  readonly ids: Ids;
  readonly publicUrl: string;
  /** The headers of every answer. */
  readonly headers: Readonly<Record<string, string>>;
};

const errorOf = ({ code }: NodeJS.ErrnoException): ApiError => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return commonErrors.requestTimeout();
  if (code === 'HPE_HEADER_OVERFLOW') return commonErrors.headersTooLarge();
  return commonErrors.invalidRequest({ detail: 'What was received is not an HTTP request.' });
};

/**
 * Makes what answers a connection whose bytes are no request: too slow, too large or malformed. There is no request
 * then that a hook could see, so the answer is written to the socket, and the connection ends.
 */
export const clientErrorHandlerOf =
  ({ ids, publicUrl, headers }: Parts) =>
  (cause: NodeJS.ErrnoException, socket: Socket): void => {
    if (cause.code === 'ECONNRESET' || socket.destroyed) return;
    // An answer that is under way would be cut in two by another one.
    if (socket.writable && socket.bytesWritten === 0) {
      const error = errorOf(cause);
      const requestId = ids.next();
      const body = JSON.stringify(toProblem(error, { requestId, instance: '', publicUrl }));
      const lines = Object.entries({
        ...headers,
        'x-request-id': requestId,
        'content-type': 'application/problem+json; charset=utf-8',
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
      }).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`);
    }
    socket.destroySoon();
  };
