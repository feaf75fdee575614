import { type ApiError, commonErrors, toProblem } from '@plinth/contract-kit';
import { ReferenceViolation, type StoredResponse, UniqueViolation } from '@plinth/data-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDeclared } from './declared-errors.ts';
import { toApiError } from './problem.ts';
import { getPath } from './request-scope.ts';

/** The seconds after which a client may retry a request to an unavailable service. */
const retryAfterSeconds = '2';

/** The challenge of a 401, RFC 6750: it has an error only when the request has a token. */
const toChallenge = ({ code, status }: ApiError, { headers }: FastifyRequest): string | undefined => {
  if (status !== 401) return undefined;
  const hasToken = /^bearer /i.test(headers.authorization ?? '');
  return [
    'Bearer realm="plinth"',
    ...(hasToken ? ['error="invalid_token"'] : []),
    ...(code === 'token-expired' ? ['error_description="The token has expired"'] : []),
  ].join(', ');
};

/** A client must not repeat a change that may have happened, so this 503 has no `Retry-After`. */
const outcomeUnknown = commonErrors.outcomeUnknown.spec.code;

type ProblemOptions = { readonly request: FastifyRequest; readonly publicUrl: string };

/** Converts an error to a problem+json response with its headers. */
export const toProblemResponse = (error: ApiError, { request, publicUrl }: ProblemOptions): StoredResponse => {
  const challenge = toChallenge(error, request);
  return {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(challenge !== undefined && { 'www-authenticate': challenge }),
      ...(error.status === 503 && error.code !== outcomeUnknown && { 'retry-after': retryAfterSeconds }),
    },
    body: JSON.stringify(toProblem(error, { requestId: request.id, instance: getPath(request), publicUrl })),
  };
};

/** Converts the violation of a unique index or a reference to the error of the route with its code. */
const toDeclaredError = (error: unknown, { scope }: FastifyRequest): unknown => {
  if (!(error instanceof UniqueViolation || error instanceof ReferenceViolation)) return error;
  const factory = scope.config.contract?.errors?.find(({ spec }) => spec.code === error.code);
  return typeof factory === 'function'
    ? (factory as (options: { cause: unknown }) => ApiError)({ cause: error })
    : error;
};

/** Converts any thrown value to the error that the client receives. */
export const toRequestError = (error: unknown, request: FastifyRequest): ApiError =>
  toApiError(toDeclaredError(error, request));

/** Returns the response to a refusal that the route declares, or `undefined` for a failure of the server. */
export const toRefusal = (error: unknown, options: ProblemOptions): StoredResponse | undefined => {
  const failure = toRequestError(error, options.request);
  const { contract } = options.request.scope.config;
  if (failure.status >= 500 || !contract || !isDeclared(contract, failure)) return undefined;
  return toProblemResponse(failure, options);
};

/**
 * Creates a function that rejects requests with one error. It writes no extra log line: rejecting must be cheap, or rejected
 * requests slow down the served ones.
 */
export const createRejecter =
  (error: ApiError, publicUrl: string) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    request.scope.code = error.code;
    const { status, headers, body } = toProblemResponse(error, { request, publicUrl });
    reply.code(status).headers(headers).send(body);
  };
