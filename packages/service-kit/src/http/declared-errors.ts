import {
  type AnyErrorFactory,
  type ApiError,
  type Contract,
  commonErrors,
  type DeclaredError,
  type RouteSpec,
} from '@plinth/contract-kit';
import { requiresVersion } from './conditional-requests.ts';
import { acceptsIdempotencyKey } from './idempotency.ts';

/** The errors of the host itself, before or beside the operation of a route. */
const everywhere: readonly AnyErrorFactory[] = [
  commonErrors.notAcceptable,
  commonErrors.requestTimeout,
  commonErrors.headersTooLarge,
  commonErrors.rateLimited,
  commonErrors.internal,
  commonErrors.unavailable,
  commonErrors.upstreamTimeout,
];

/** The error of a body that the host refuses to read. */
const unreadBody = commonErrors.payloadTooLarge;

const hostStatuses = [...everywhere, unreadBody].map(({ spec }) => spec.status);

/** True for a status that the host sends, so that the tests of a route need no case of it. */
export const isHostStatus = (status: number): boolean => hostStatuses.some((known) => known === status);

/** Returns every error of a route: those that it names and those that its shape implies. */
export const getDeclaredErrors = (route: RouteSpec): readonly DeclaredError[] => {
  const hasPolicy = typeof route.auth === 'object';
  const all: readonly AnyErrorFactory[] = [
    // Unknown query parameters are rejected, so every route can return 400.
    commonErrors.invalidRequest,
    ...(route.auth === 'public' ? [] : [commonErrors.unauthenticated, commonErrors.tokenExpired]),
    ...(hasPolicy ? [commonErrors.forbidden] : []),
    ...(route.params ? [commonErrors.notFound] : []),
    ...(requiresVersion(route) ? [commonErrors.preconditionRequired, commonErrors.staleVersion] : []),
    ...(acceptsIdempotencyKey(route) ? [commonErrors.idempotencyMismatch] : []),
    ...(route.query ? [commonErrors.invalidCursor] : []),
    ...(route.method === 'GET'
      ? []
      : [unreadBody, commonErrors.changeTooLarge, commonErrors.outcomeUnknown, commonErrors.quotaExceeded]),
    ...(route.body ? [commonErrors.unsupportedMediaType] : []),
    ...(route.errors ?? []),
    ...everywhere,
  ];
  return [...new Set(all.map(({ spec }) => spec))];
};

export const isDeclared = (route: RouteSpec, error: ApiError): boolean => getDeclaredErrors(route).includes(error.spec);

/** Returns the errors of the routes and `method-not-allowed`, each once, sorted by domain and code. */
export const listErrors = (contracts: readonly Contract[]): readonly DeclaredError[] => {
  const errors = contracts.flatMap(({ routes }) => Object.values(routes).flatMap(getDeclaredErrors));
  const byName = new Map(
    [...errors, commonErrors.methodNotAllowed.spec].map((error) => [`${error.domain}/${error.code}`, error]),
  );
  return [...byName.values()].sort(
    (left, right) => left.domain.localeCompare(right.domain) || left.code.localeCompare(right.code),
  );
};
