import { type ApiError, commonErrors } from '@plinth/contract-kit';
import { type StoredResponse, UniqueViolation } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { contractOf } from './contract-of.ts';
import { isDeclared } from './declared.ts';
import { UndeclaredAnswer } from './encode.ts';
import { lingering } from './framing.ts';
import type { Methods } from './methods.ts';
import { toApiError, toProblem } from './problem.ts';
import { pathOf } from './request-scope.ts';

export type ErrorParts = {
  readonly logger: Logger;
  /** Tells what a 405 allows. */
  readonly methods?: Methods;
  readonly publicUrl: string;
  /** Answers an error that the route does not declare as it is, or refuses to. */
  readonly undeclared: 'send' | 'refuse';
  /** Told of every answer that a contract does not declare. */
  readonly onViolation: (sentence: string) => void;
};

/** Seconds after which a client may try an unavailable service again. */
const retryAfterSeconds = '2';

const challenge = ({ code, status }: ApiError): string | undefined => {
  if (status !== 401) return undefined;
  return code === 'token-expired'
    ? 'Bearer realm="plinth", error="invalid_token", error_description="The token has expired"'
    : 'Bearer realm="plinth"';
};

/** A unique index names the code of its violation; the route that wrote declares the error with this code. */
const fromUniqueViolation = (error: unknown, request: FastifyRequest): unknown => {
  if (!(error instanceof UniqueViolation)) return error;
  const factory = contractOf(request)?.errors?.find(({ spec }) => spec.code === error.code);
  return typeof factory === 'function'
    ? (factory as (options: { cause: unknown }) => ApiError)({ cause: error })
    : error;
};

const sentenceOf = (request: FastifyRequest, { code, status }: ApiError): string =>
  `${request.method} ${request.routeOptions.url ?? ''} answered ${status} ${code}, which its contract does not declare. Add it to the route's 'errors'.`;

const settle = (thrown: ApiError, request: FastifyRequest, parts: ErrorParts): ApiError => {
  const route = contractOf(request);
  if (!route || isDeclared(route, thrown)) return thrown;
  parts.onViolation(sentenceOf(request, thrown));
  return parts.undeclared === 'send' ? thrown : commonErrors.internal({ cause: thrown });
};

const idsOf = (request: FastifyRequest) => ({
  requestId: request.id,
  traceId: request.scope.trace.traceId,
  tenantId: request.scope.ctx?.tenantId,
  actorId: request.scope.ctx?.actor.id,
});

type Occasion = { readonly request: FastifyRequest; readonly parts: ErrorParts };

/** The one place where an error becomes an answer. */
const toResponse = (error: ApiError, { request, parts }: Occasion): StoredResponse => {
  const authenticate = challenge(error);
  return {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(authenticate !== undefined && { 'www-authenticate': authenticate }),
      ...(error.status === 503 && { 'retry-after': retryAfterSeconds }),
    },
    body: JSON.stringify(
      toProblem(error, { requestId: request.id, instance: pathOf(request), publicUrl: parts.publicUrl }),
    ),
  };
};

/** What a failure of a call with a key is answered with, now and whenever it is repeated; none when it may pass. */
export const refusalOf = (error: unknown, occasion: Occasion): StoredResponse | undefined => {
  const { request } = occasion;
  const refused = toApiError(fromUniqueViolation(error, request));
  const route = contractOf(request);
  if (refused.status >= 500 || !route || !isDeclared(route, refused)) return undefined;
  return toResponse(refused, occasion);
};

/** Sends what was thrown, or `internal` for what the route does not declare where that is refused. */
export const sendProblem = (
  thrown: ApiError,
  { request, reply, parts }: Occasion & { readonly reply: FastifyReply },
) => {
  const error = settle(thrown, request, parts);
  request.scope.code = error.code;
  if (error.status >= 500)
    parts.logger.error('request-failed', { ...idsOf(request), code: error.code, err: error.cause ?? error });
  const { status, headers, body } = toResponse(error, { request, parts });
  if (status === 405) reply.header('allow', parts.methods?.allowed(pathOf(request)).join(', '));
  reply.code(status).headers(headers);
  if (status !== 413 || request.raw.complete) return reply.send(body);
  return reply.header('content-length', Buffer.byteLength(body)).send(lingering(body, request.raw));
};

/**
 * Makes what sends one error to many: it is made once, and of each request that is answered with it nothing is logged
 * but its line. To be refused must cost little, or those who are refused take the room of those who are served.
 */
export const refusing =
  (error: ApiError, parts: ErrorParts) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    request.scope.code = error.code;
    const { status, headers, body } = toResponse(error, { request, parts });
    reply.code(status).headers(headers).send(body);
  };

export const errorHandlerOf =
  (parts: ErrorParts) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (error instanceof UndeclaredAnswer) parts.onViolation(error.message);
    return sendProblem(toApiError(fromUniqueViolation(error, request)), { request, reply, parts });
  };

/** Answers a request that no route takes: 405 when one of another method has its path, else 404. */
export const notFoundHandlerOf =
  (parts: ErrorParts & { readonly methods: Methods }) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    request.scope.config = {};
    const allowed = parts.methods.allowed(pathOf(request));
    // A route that took the request and then found nothing ends here as well.
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return sendProblem(commonErrors.notFound({ detail: 'No route has this path.' }), { request, reply, parts });
    }
    return sendProblem(commonErrors.methodNotAllowed(), { request, reply, parts });
  };
