import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ApiError, commonErrors } from '@plinth/contract-kit';
import { type Ids } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyReply } from 'fastify';
import { noStore } from './caching.ts';
import type { LateReplies } from './late-replies.ts';
import { toProblem } from './problem.ts';
import { noMethod, noRoute, type RequestTelemetry } from './telemetry.ts';

/** Milliseconds within which the head of a request has to come. */
export const headMs = 5000;

type Parts = {
  readonly ids: Ids;
  readonly publicUrl: string;
  /** The headers of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly logger: Pick<Logger, 'request'>;
  readonly telemetry: Pick<RequestTelemetry, 'refused'>;
  readonly repliesOf: LateReplies['of'];
  /** Answers a request whose body will not come. */
  readonly answer: (reply: FastifyReply, error: ApiError) => void;
};

/** What a connection is answered with; nothing when its peer has ended it before a request was whole. */
const errorOf = ({ code }: NodeJS.ErrnoException): ApiError | undefined => {
  if (code === 'HPE_INVALID_EOF_STATE') return undefined;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return commonErrors.requestTimeout();
  if (code === 'HPE_HEADER_OVERFLOW') return commonErrors.headersTooLarge();
  return commonErrors.invalidRequest({ detail: 'What was received is not an HTTP request.' });
};

/** The whole answer as it travels, built from nothing that was received. */
const textOf = (error: ApiError, requestId: string, { headers, publicUrl }: Parts): string => {
  const body = JSON.stringify(toProblem(error, { requestId, instance: '', publicUrl }));
  const lines = Object.entries({
    ...headers,
    'cache-control': noStore,
    'x-request-id': requestId,
    ...(error.status === 405 && { allow: '' }),
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('')}\r\n${body}`;
};

/** Ends a connection, with an answer if there is one to give. Whoever has sent nothing has asked for nothing. */
const end = (socket: Socket, error: ApiError | undefined, parts: Parts): void => {
  if (error && socket.writable && socket.bytesRead > 0) {
    const requestId = parts.ids.next();
    const { code, status } = error;
    socket.end(textOf(error, requestId, parts));
    // How long malformed bytes were on their way is not known.
    const durationMs = status === 408 ? headMs : 0;
    parts.logger.request({ method: noMethod, route: noRoute, status, durationMs, requestId });
    parts.telemetry.refused({ status, durationMs, code });
  }
  socket.destroySoon();
};

/** Goes on when a reply is sent or given up; at once when there is none to wait for. */
const after = (reply: FastifyReply | undefined, next: () => void): void => {
  if (!reply || reply.raw.destroyed) next();
  else reply.raw.once('close', next);
};

/**
 * Makes what ends a connection whose bytes are no request: too slow, too large or malformed. There is no request then
 * that a hook could see, so the answer is written to the socket, behind those that the connection waits for, and is
 * logged and counted here. Bytes that are no body are answered, logged and counted as the request to which they came.
 */
export const clientErrorHandlerOf = (parts: Parts) => {
  // A connection goes on to be read until it has ended, and each further piece of it is another error.
  const ended = new WeakSet<Socket>();
  return (cause: NodeJS.ErrnoException, socket: Socket): void => {
    if (cause.code === 'ECONNRESET' || socket.destroyed || ended.has(socket)) return;
    ended.add(socket);
    const error = errorOf(cause);
    const last = parts.repliesOf(socket).at(-1);
    if (!last || last.request.raw.complete) return after(last, () => end(socket, error, parts));
    if (!last.raw.headersSent) {
      if (!error) return void socket.destroy();
      parts.answer(last, error);
    }
    after(last, () => socket.destroySoon());
  };
};

/** Makes what refuses a tunnel, which is asked of proxies. */
export const tunnelHandlerOf =
  (parts: Parts) =>
  (_request: IncomingMessage, stream: Duplex): void => {
    const socket = stream as Socket;
    // Node has let go of the connection: it neither cuts it in time nor tells those who wait for it of its end.
    socket.on('error', () => undefined);
    socket.on('timeout', () => socket.destroy());
    socket.once('close', () => {
      for (const { raw } of parts.repliesOf(socket)) raw.destroy();
    });
    const error = commonErrors.methodNotAllowed({ detail: 'CONNECT is for proxies, and this is none.' });
    after(parts.repliesOf(socket).at(-1), () => end(socket, error, parts));
  };
