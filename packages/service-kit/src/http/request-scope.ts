import type { Ctx, Ids, Trace } from '@plinth/kernel';
import type { FastifyRequest } from 'fastify';

/** What the pipeline keeps about a request; `ctx` is there once the caller is known. */
export type RequestScope = {
  readonly startedAt: number;
  readonly trace: Trace;
  ctx: Ctx | undefined;
};

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope;
  }
}

const wellFormedId = /^[\w.-]{1,128}$/;

/** The caller's `X-Request-Id` when it is well-formed, else a new one. */
export const requestIdOf = (header: string | string[] | undefined, ids: Ids): string =>
  typeof header === 'string' && wellFormedId.test(header) ? header : ids.next();

const traceParent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The W3C trace that the request belongs to; a request id that we made ourselves doubles as a new trace id. */
export const traceOf = (request: FastifyRequest, ids: Ids): Trace => {
  const header = request.headers['traceparent'];
  const [, traceId, spanId, flags] = (typeof header === 'string' && traceParent.exec(header)) || [];
  if (traceId && spanId && !/^0+$/.test(traceId) && !/^0+$/.test(spanId)) {
    return { traceId, spanId, sampled: (Number.parseInt(flags ?? '0', 16) & 1) === 1 };
  }
  const own = (uuid.test(request.id) ? request.id : ids.next()).replaceAll('-', '');
  return { traceId: own, spanId: own.slice(16), sampled: false };
};
