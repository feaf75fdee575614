import type { IncomingMessage } from 'node:http';
import type { Ctx, Ids, Trace } from '@plinth/data-kit';
import { parseTraceparent, type RequestSpan } from '@plinth/telemetry';
import type { FastifyRequest } from 'fastify';

/** The state of one request, from its first hook to its log line. */
export type RequestScope = {
  readonly startedAt: number;
  /** The configuration of the route, read once; empty when the request turned out to match no route. */
  config: Partial<FastifyRequest['routeOptions']['config']>;
  readonly trace: Trace;
  /** The span that records the request, when its trace is recorded. */
  readonly span: RequestSpan | undefined;
  /** Set by the auth hook. */
  ctx: Ctx | undefined;
  /** The tokens that the `RateLimit` header reports as left. */
  tokensLeft?: number;
  /** The code of the error that the request was answered with. */
  code: string | undefined;
  /** Aborted when the client disconnects before the response, or when the response takes too long. */
  readonly abort: AbortController;
};

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope;
  }
}

/** The path of the request without its query. */
export const getPath = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';

const wellFormedId = /^[\w.-]{1,128}$/;

/** Creates the function that gives each request its id: the client's `X-Request-Id` when it is well-formed, else a new one. */
export const createRequestIds =
  (ids: Ids) =>
  ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
    const header = headers['x-request-id'];
    return typeof header === 'string' && wellFormedId.test(header) ? header : ids.next();
  };

/** The W3C trace context of the client, if it sent a valid one. */
export const getParentTrace = ({ headers }: FastifyRequest): Trace | undefined => {
  const header = headers['traceparent'];
  return typeof header === 'string' ? parseTraceparent(header) : undefined;
};

/** Starts a trace. A request id of our own doubles as the trace id. */
export const createTrace = (request: FastifyRequest, ids: Ids): Trace => {
  const id = request.id === request.headers['x-request-id'] ? ids.next() : request.id;
  const traceId = id.replaceAll('-', '');
  return { traceId, spanId: traceId.slice(16), sampled: false };
};
