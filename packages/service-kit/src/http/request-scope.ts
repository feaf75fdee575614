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

/** The path that was asked for, without the query. */
export const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';

const wellFormedId = /^[\w.-]{1,128}$/;

/** The caller's `X-Request-Id` when it is well-formed, else a new one. */
export const requestIdOf = (header: string | string[] | undefined, ids: Ids): string =>
  typeof header === 'string' && wellFormedId.test(header) ? header : ids.next();

const traceParent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const parentOf = (header: string): Trace | undefined => {
  const [, traceId, spanId, flags] = traceParent.exec(header) ?? [];
  if (!traceId || !spanId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags ?? '0', 16) & 1) === 1 };
};

/** The W3C trace that the request belongs to; a request id that we made ourselves doubles as a new trace id. */
export const traceOf = (request: FastifyRequest, ids: Ids): Trace => {
  const header = request.headers['traceparent'];
  const joined = typeof header === 'string' ? parentOf(header) : undefined;
  if (joined) return joined;
  const own = request.id === request.headers['x-request-id'] ? ids.next() : request.id;
  const traceId = own.replaceAll('-', '');
  return { traceId, spanId: traceId.slice(16), sampled: false };
};
