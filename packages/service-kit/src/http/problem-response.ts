import type { ApiError } from '@plinth/contract-kit';
import { type StoredResponse, UniqueViolation } from '@plinth/data-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDeclared } from './declared-errors.ts';
import { toApiError, toProblem } from './problem.ts';
import { getPath } from './request-scope.ts';

/** Seconds after which a client may try an unavailable service again. */
const retryAfterSeconds = '2';

const toChallenge = ({ code, status }: ApiError): string | undefined => {
  if (status !== 401) return undefined;
  return code === 'token-expired'
    ? 'Bearer realm="plinth", error="invalid_token", error_description="The token has expired"'
    : 'Bearer realm="plinth"';
};

type ProblemOptions = { readonly request: FastifyRequest; readonly publicUrl: string };

/** Turns an error into its response, problem+json with its headers. */
export const toProblemResponse = (error: ApiError, { request, publicUrl }: ProblemOptions): StoredResponse => {
  const challenge = toChallenge(error);
  return {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(challenge !== undefined && { 'www-authenticate': challenge }),
      ...(error.status === 503 && { 'retry-after': retryAfterSeconds }),
    },
    body: JSON.stringify(toProblem(error, { requestId: request.id, instance: getPath(request), publicUrl })),
  };
};

/** A unique index names the code of its violation, and the route declares the error with that code. */
const fromUniqueViolation = (error: unknown, { scope }: FastifyRequest): unknown => {
  if (!(error instanceof UniqueViolation)) return error;
  const factory = scope.config.contract?.errors?.find(({ spec }) => spec.code === error.code);
  return typeof factory === 'function'
    ? (factory as (options: { cause: unknown }) => ApiError)({ cause: error })
    : error;
};

/** Turns any thrown value into the error that the client receives. */
export const toRequestError = (error: unknown, request: FastifyRequest): ApiError =>
  toApiError(fromUniqueViolation(error, request));

/** The response to store for a failed request with an idempotency key; `undefined` when a repeat may succeed. */
export const toStoredRefusal = (error: unknown, options: ProblemOptions): StoredResponse | undefined => {
  const refusal = toRequestError(error, options.request);
  const { contract } = options.request.scope.config;
  if (refusal.status >= 500 || !contract || !isDeclared(contract, refusal)) return undefined;
  return toProblemResponse(refusal, options);
};

/**
 * Creates a function that refuses many requests with one error. It writes no log line of its own: rejecting has to be
 * cheap, or the rejected requests slow down the served ones.
 */
export const createRejecter =
  (error: ApiError, publicUrl: string) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    request.scope.code = error.code;
    const { status, headers, body } = toProblemResponse(error, { request, publicUrl });
    reply.code(status).headers(headers).send(body);
  };
