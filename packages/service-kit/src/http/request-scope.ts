import type { Ctx, Ids, Trace } from '@plinth/data-kit';
import type { RequestSpan } from '@plinth/telemetry';
import type { FastifyRequest } from 'fastify';

/** What the pipeline keeps about a request; `ctx` is there once the caller is known. */
export type RequestScope = {
  readonly startedAt: number;
  /** What its route was given; Fastify would look it up each time. Nothing, once the request has no route after all. */
  config: Partial<FastifyRequest['routeOptions']['config']>;
  readonly trace: Trace;
  /** Where the trace is recorded. */
  readonly span: RequestSpan | undefined;
  ctx: Ctx | undefined;
  /** What is left of the bucket that the answer's `RateLimit` speaks of. */
  tokensLeft?: number;
  /** The code of the error that it is answered with. */
  code: string | undefined;
  /** Aborted when the caller goes before the answer, or the answer comes too late. */
  readonly gone: AbortController;
  /** Gives up the room of a request that was let in. */
  leave: (() => void) | undefined;
};

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope;
  }
}

/** The path that was asked for, without the query. */
export const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';

const wellFormedId = /^[\w.-]{1,128}$/;

/** The caller's `X-Request-Id` when it is well-formed, else a new one. */
export const requestIdOf = (header: string | string[] | undefined, ids: Ids): string =>
  typeof header === 'string' && wellFormedId.test(header) ? header : ids.next();

const traceParent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const traceIn = (header: string): Trace | undefined => {
  const [, traceId, spanId, flags] = traceParent.exec(header) ?? [];
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags ?? '0', 16) & 1) === 1 };
};

/** The W3C trace that came with a request, and the span of its sender. */
export const parentOf = ({ headers }: FastifyRequest): Trace | undefined => {
  const header = headers['traceparent'];
  return typeof header === 'string' ? traceIn(header) : undefined;
};

/** A new trace; a request id that we made ourselves doubles as its id. */
export const ownTraceOf = (request: FastifyRequest, ids: Ids): Trace => {
  const own = request.id === request.headers['x-request-id'] ? ids.next() : request.id;
  const traceId = own.replaceAll('-', '');
  return { traceId, spanId: traceId.slice(16), sampled: false };
};
