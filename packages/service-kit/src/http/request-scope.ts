import type { Ctx, Trace } from '@plinth/data-kit';
import type { RequestSpan } from '@plinth/telemetry';
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
  /** The parsed body before validation, of a route that accepts an idempotency key. */
  sentBody: unknown;
  /** Set by the auth hook for a stream. @throws when the credential or the permission of the request no longer stands. */
  assertAllowed: () => Promise<void>;
  /** The code of the error in the response. */
  code: string | undefined;
  /** True once the action has returned and its writes are being committed. */
  isCommitting: boolean;
  /** Aborted when the client disconnects before the response, or when the response takes too long. */
  readonly abort: AbortController;
};

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope;
  }
}

/** The path of the request without its query, as the client sent it. */
export const getPath = ({ originalUrl }: FastifyRequest): string => originalUrl.split('?', 1)[0] ?? '';
