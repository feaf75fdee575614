import { commonErrors } from '@plinth/contract-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

/** Milliseconds from the first hook of a request to its response, at most. */
export const requestTimeoutMs = 8000;

/**
 * Ends a request that takes too long, and aborts its context; also when the client disconnects before the response. Fastify's
 * `handlerTimeout` does not: it stops as soon as a body has been read. A stream takes as long as its reader.
 */
export const requestTimeout = fp(
  async (app) => {
    const onTimeout = (request: FastifyRequest, reply: FastifyReply): void => {
      if (reply.sent) return;
      const isComplete = request.raw.complete;
      if (!isComplete) reply.header('connection', 'close');
      app.sendProblem(reply, isComplete ? commonErrors.unavailable() : commonErrors.requestTimeout());
      request.scope.abort.abort();
    };
    app.addHook('onRequest', (request, reply, done) => {
      const isStream = request.scope.config.contract?.stream !== undefined;
      const timer = isStream ? undefined : setTimeout(() => onTimeout(request, reply), requestTimeoutMs);
      reply.raw.on('close', () => {
        clearTimeout(timer);
        if (!reply.raw.writableEnded) request.scope.abort.abort();
      });
      done();
    });
  },
  { name: 'request-timeout', dependencies: ['request-context', 'errors'] },
);
