import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ApiError, commonErrors, toProblem } from '@plinth/contract-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyInstance, FastifyReply } from 'fastify';
import fp from 'fastify-plugin';
import { noMethod, noRoute, type RequestTelemetry } from '../http/telemetry.ts';

/** The time limit for receiving the headers of a request. */
export const headersTimeoutMs = 5000;

/** How many requests of a connection may wait for their responses. The response to the last one closes the connection. */
const pipelinedMax = 32;

export type ClientErrorOptions = {
  readonly publicUrl: string;
  readonly logger: Pick<Logger, 'request'>;
  readonly telemetry: Pick<RequestTelemetry, 'refused'>;
};

declare module 'fastify' {
  interface FastifyInstance {
    /** Ends a connection whose bytes are not a request: malformed, too large or too slow. */
    handleClientError(cause: NodeJS.ErrnoException, socket: Socket): void;
  }
}

/** Returns undefined when the client ended the connection in the middle of a request. */
const toApiError = ({ code }: NodeJS.ErrnoException): ApiError | undefined => {
  if (code === 'HPE_INVALID_EOF_STATE') return undefined;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return commonErrors.requestTimeout();
  if (code === 'HPE_HEADER_OVERFLOW') return commonErrors.headersTooLarge();
  return commonErrors.invalidRequest({ detail: 'The received bytes are not an HTTP request.' });
};

/** Returns the error in the Host and Authorization headers, if any. With two of one, a proxy may have used the other one. */
const findHeaderFault = ({ rawHeaders, headers, httpVersion }: IncomingMessage): string | undefined => {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  for (const name of ['Host', 'Authorization']) {
    const isRepeated = names.filter((other) => other === name.toLowerCase()).length > 1;
    if (isRepeated) return `The request has more than one ${name} header.`;
  }
  // Only HTTP/1.0 allows a request without a Host.
  return headers.host === undefined && httpVersion === '1.1' ? 'The request has no Host header.' : undefined;
};

const whenClosed = (reply: FastifyReply | undefined, next: () => void): void => {
  if (!reply || reply.raw.destroyed) next();
  else reply.raw.once('close', next);
};

/**
 * Holds the open replies of each connection, in the order of their requests. A reply is open until it has been sent and the
 * body of its request has arrived.
 */
const createOpenReplies = () => {
  const bySocket = new WeakMap<Socket, Set<FastifyReply>>();
  return {
    /** @returns how many replies of the connection are open. */
    add: (reply: FastifyReply): number => {
      const { raw: request } = reply.request;
      const replies = bySocket.get(request.socket) ?? new Set();
      bySocket.set(request.socket, replies.add(reply));
      reply.raw.once('close', () => {
        const isReceivingBody = request.complete === false && !request.destroyed;
        if (isReceivingBody) request.once('close', () => replies.delete(reply));
        else replies.delete(reply);
      });
      return replies.size;
    },
    find: (socket: Socket): FastifyReply[] => [...(bySocket.get(socket) ?? [])],
  };
};

/** Creates a function that writes a problem to a connection without a request, then logs and counts it. */
const createProblemWriter =
  (app: FastifyInstance, { publicUrl, logger, telemetry }: ClientErrorOptions) =>
  (socket: Socket, error: ApiError): void => {
    const { status, code } = error;
    const requestId = randomUUID();
    const body = JSON.stringify(toProblem(error, { requestId, instance: '', publicUrl }));
    const headers = Object.entries({
      ...app.defaultHeaders,
      'x-request-id': requestId,
      // HTTP requires Allow in a 405. It is empty, because CONNECT names no resource of this server.
      ...(status === 405 && { allow: '' }),
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('')}\r\n${body}`);
    const durationMs = status === 408 ? headersTimeoutMs : 0;
    logger.request({ method: noMethod, route: noRoute, status, durationMs, requestId });
    telemetry.refused({ status, durationMs, code });
  };

/** Rejects input that reaches no handler: bytes that are not a request, an invalid Host, two tokens, and CONNECT. Each request gets one reply. */
export const clientErrors = fp<ClientErrorOptions>(
  async (app, options) => {
    const openReplies = createOpenReplies();
    const endingConnections = new WeakSet<Socket>();
    const writeProblem = createProblemWriter(app, options);
    const endConnection = (socket: Socket, error: ApiError | undefined): void => {
      // A client that has sent nothing expects no response.
      if (error && socket.writable && socket.bytesRead > 0) writeProblem(socket, error);
      socket.destroySoon();
    };

    app.decorate('handleClientError', (cause, socket) => {
      // Node reports each further chunk of a rejected connection as another error.
      if (cause.code === 'ECONNRESET' || socket.destroyed || endingConnections.has(socket)) return;
      endingConnections.add(socket);
      const error = toApiError(cause);
      const last = openReplies.find(socket).at(-1);
      if (!last || last.request.raw.complete) return whenClosed(last, () => endConnection(socket, error));
      // The bytes belong to the body of the last request.
      if (!last.sent) {
        if (!error) return void socket.destroy();
        app.sendProblem(last.header('connection', 'close'), error);
        last.request.scope.abort.abort();
      }
      whenClosed(last, () => socket.destroySoon());
    });

    app.server.on('connect', (_request: IncomingMessage, stream: Duplex) => {
      const socket = stream as Socket;
      // Node has detached the connection: it neither times it out nor closes the replies that are still open.
      socket.on('error', () => undefined).on('timeout', () => socket.destroy());
      socket.once('close', () => {
        for (const { raw } of openReplies.find(socket)) raw.destroy();
      });
      const error = commonErrors.methodNotAllowed({ detail: 'CONNECT is not supported: this server is not a proxy.' });
      whenClosed(openReplies.find(socket).at(-1), () => endConnection(socket, error));
    });

    app.addHook('onRequest', (request, reply, done) => {
      const { socket } = request.raw;
      // A request pipelined after the last one of a connection gets no reply: the connection ends.
      if (endingConnections.has(socket)) return;
      const isLast = openReplies.add(reply) >= pipelinedMax;
      const detail = findHeaderFault(request.raw);
      if (isLast || detail !== undefined) {
        endingConnections.add(socket);
        reply.header('connection', 'close');
      }
      done(detail === undefined ? undefined : commonErrors.invalidRequest({ detail }));
    });
  },
  { name: 'client-errors', dependencies: ['request-context', 'errors'] },
);
