import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from '@plinth/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { RequestScope } from '../http/request-scope.ts';
import { type RequestTelemetry, runInSpan } from '../http/telemetry.ts';

/** The state of the host. While it drains, it is not ready and closes each connection after its response. */
export type Lifecycle = { isDraining: boolean };

export type RequestContextOptions = {
  readonly logger: Pick<Logger, 'request'>;
  readonly telemetry: RequestTelemetry;
  readonly lifecycle: Lifecycle;
};

const wellFormedId = /^[\w.-]{1,128}$/;

/** Returns the id of a request: the client's `X-Request-Id` when it is well-formed, else a new one. */
export const getRequestId = ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
  const header = headers['x-request-id'];
  return typeof header === 'string' && wellFormedId.test(header) ? header : randomUUID();
};

const allow = async (): Promise<void> => undefined;

/** The logged status of a request whose client disconnected before the response. */
const clientClosedRequest = 499;

/** Gives each request its scope, trace and default headers. Logs and measures it when it has ended. */
export const requestContext = fp<RequestContextOptions>(
  async (app, { logger, telemetry, lifecycle }) => {
    const end = (request: FastifyRequest, reply: FastifyReply): void => {
      const { startedAt, config, trace, ctx } = request.scope;
      const status = reply.raw.writableEnded ? reply.statusCode : clientClosedRequest;
      const durationMs = performance.now() - startedAt;
      logger.request({
        method: request.method,
        route: config.contract?.path ?? config.url ?? 'none',
        status,
        durationMs,
        requestId: request.id,
        traceId: trace.traceId,
        tenantId: ctx?.tenantId,
        actorId: ctx?.actor.id,
      });
      telemetry.end(request, reply, { status, durationMs });
    };

    app.decorateRequest('scope', undefined as unknown as RequestScope);
    app.addHook('onRequest', (request, reply, done) => {
      const startedAt = performance.now();
      const { trace, span } = telemetry.begin(request);
      const { config } = request.routeOptions;
      const abort = new AbortController();
      request.scope = {
        sentBody: undefined,
        startedAt,
        config,
        trace,
        span,
        abort,
        ctx: undefined,
        assertAllowed: allow,
        code: undefined,
        isCommitting: false,
      };
      reply.headers(app.defaultHeaders).header('x-request-id', request.id);
      // A kept connection would carry the next request to a server that is about to stop.
      if (lifecycle.isDraining) reply.header('connection', 'close');
      // Fastify's onResponse is not called for a client that disconnected before the response.
      reply.raw.on('close', () => end(request, reply));
      runInSpan(request, done);
    });
  },
  { name: 'request-context', dependencies: ['default-headers'] },
);
