import { type ApiError, commonErrors } from '@plinth/contract-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/** The maximum milliseconds from the first hook of a request to its response. */
export const requestTimeoutMs = 8000;

/** After `slowBodyGraceMs`, a request whose body arrives more slowly is ended: it holds memory and a connection. */
const bodyBytesPerSecondMin = 500;
const slowBodyGraceMs = 3000;

declare module 'fastify' {
  interface FastifyInstance {
    /** Destroys the connections of the responses that still stream, so that their clients see that the body is incomplete. */
    cutStreams(): void;
  }
}

const toTimeoutError = ({ raw, scope }: FastifyRequest): ApiError => {
  if (!raw.complete) return commonErrors.requestTimeout();
  return scope.isCommitting ? commonErrors.outcomeUnknown() : commonErrors.unavailable();
};

/** Watches the bodies that are being received, and calls `onSlow` for each that arrives too slowly. */
const watchBodies = (app: FastifyInstance, onSlow: (request: FastifyRequest, reply: FastifyReply) => void): void => {
  const receiving = new Map<FastifyRequest, { reply: FastifyReply; startedAt: number; bytesAtStart: number }>();
  const timer = setInterval(() => {
    for (const [request, { reply, startedAt, bytesAtStart }] of receiving) {
      const ms = performance.now() - startedAt;
      const bytes = request.raw.socket.bytesRead - bytesAtStart;
      if (request.raw.complete) receiving.delete(request);
      else if (ms > slowBodyGraceMs && bytes < (ms / 1000) * bodyBytesPerSecondMin) onSlow(request, reply);
    }
  }, 1000).unref();
  app.addHook('preParsing', async (request, reply) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const hasBody = length !== undefined || encoding !== undefined;
    if (!hasBody || request.raw.complete) return;
    receiving.set(request, { reply, startedAt: performance.now(), bytesAtStart: request.raw.socket.bytesRead });
    reply.raw.once('close', () => receiving.delete(request));
  });
  app.addHook('preValidation', (request, _reply, done) => {
    // The body of an upload arrives while it is handled.
    if (!request.scope.config.contract?.upload) receiving.delete(request);
    done();
  });
  app.addHook('onClose', async () => clearInterval(timer));
};

/**
 * Ends a request that takes too long or whose body arrives too slowly. Its context is aborted then, and also when the client
 * disconnects before the response. Streams have no limit. Fastify's `handlerTimeout` is not used, because it stops as soon as a
 * body has been read.
 */
export const requestTimeout = fp<{ readonly logger: Logger }>(
  async (app, { logger }) => {
    const streams = new Set<FastifyRequest>();
    app.decorate('cutStreams', () => {
      if (streams.size > 0) logger.warn('streams-cut', { count: streams.size });
      for (const { raw } of streams) raw.socket.destroy();
    });
    const onTimeout = (request: FastifyRequest, reply: FastifyReply): void => {
      if (reply.sent) return;
      if (!request.raw.complete) reply.header('connection', 'close');
      app.sendProblem(reply, toTimeoutError(request));
      request.scope.abort.abort();
    };
    watchBodies(app, onTimeout);
    app.addHook('onRequest', (request, reply, done) => {
      const isStream = request.scope.config.contract?.stream !== undefined;
      if (isStream) streams.add(request);
      const timer = isStream ? undefined : setTimeout(() => onTimeout(request, reply), requestTimeoutMs);
      reply.raw.on('close', () => {
        clearTimeout(timer);
        streams.delete(request);
        if (!reply.raw.writableEnded) request.scope.abort.abort();
      });
      done();
    });
  },
  { name: 'request-timeout', dependencies: ['request-context', 'errors'] },
);
