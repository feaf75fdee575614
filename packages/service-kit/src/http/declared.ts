import {
  type AnyErrorFactory,
  type ApiError,
  commonErrors,
  type DeclaredError,
  type RouteSpec,
} from '@plinth/contract-kit';
import { needsVersion } from './conditions.ts';
import { takesKey } from './idempotency.ts';

/** What any route may answer, whatever it does: the host does so before or beside its operation. */
const everywhere: readonly AnyErrorFactory[] = [
  commonErrors.notAcceptable,
  commonErrors.requestTimeout,
  commonErrors.headersTooLarge,
  commonErrors.rateLimited,
  commonErrors.internal,
  commonErrors.unavailable,
  commonErrors.upstreamTimeout,
];

/** What the host answers to a body before anybody looks at it. */
const beforeBody = commonErrors.payloadTooLarge;

const statusesOfHost = [...everywhere, beforeBody].map(({ spec }) => spec.status);

/** True for a status that comes from the host and not from the route, so that the tests of a route need no case of it. */
export const isOfHost = (status: number): boolean => statusesOfHost.some((known) => known === status);

/** Every error that a route may answer with: those that it names and those that its shape implies. */
export const declaredErrors = (route: RouteSpec): readonly DeclaredError[] => {
  const hasPolicy = typeof route.auth === 'object';
  const all: readonly AnyErrorFactory[] = [
    // Unknown query parameters are refused everywhere, so every route can answer 400.
    commonErrors.invalidRequest,
    ...(route.auth === 'public' ? [] : [commonErrors.unauthenticated, commonErrors.tokenExpired]),
    ...(hasPolicy ? [commonErrors.forbidden] : []),
    ...(route.params ? [commonErrors.notFound] : []),
    ...(needsVersion(route) ? [commonErrors.preconditionRequired, commonErrors.staleVersion] : []),
    ...(takesKey(route) ? [commonErrors.idempotencyMismatch] : []),
    ...(route.query ? [commonErrors.invalidCursor] : []),
    ...(route.method === 'GET' ? [] : [beforeBody]),
    ...(route.body ? [commonErrors.unsupportedMediaType] : []),
    ...(route.errors ?? []),
    ...everywhere,
  ];
  return [...new Set(all.map(({ spec }) => spec))];
};

export const isDeclared = (route: RouteSpec, error: ApiError): boolean => declaredErrors(route).includes(error.spec);
