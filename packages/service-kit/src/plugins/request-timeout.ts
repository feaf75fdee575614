import { type ApiError, commonErrors } from '@plinth/contract-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/** The maximum milliseconds from the first hook of a request to its response. */
export const requestTimeoutMs = 8000;

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

/**
 * Ends a request that takes too long and aborts its context. Aborts the context also when the client disconnects before the
 * response. Fastify's `handlerTimeout` is not used, because it stops as soon as a body has been read. Streams have no limit.
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
