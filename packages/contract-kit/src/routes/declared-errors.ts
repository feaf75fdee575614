import { commonErrors } from '../catalogues/common-errors.ts';
import type { AnyErrorFactory, DeclaredError } from '../catalogues/errors.ts';
import { getListItem } from '../schemas/list-query.ts';
import { acceptsIdempotencyKey, requiresVersion } from './route-rules.ts';
import type { RouteSpec } from './route-spec.ts';

/** The names of the errors that the host sends before or instead of the operation of any route. */
const everywhere = [
  'notAcceptable',
  'requestTimeout',
  'headersTooLarge',
  'rateLimited',
  'internal',
  'unavailable',
  'upstreamTimeout',
] as const;

const ofCredentials = ['unauthenticated', 'tokenExpired', 'forbidden'] as const;
const ofVersions = ['preconditionRequired', 'staleVersion'] as const;
const ofWrites = ['payloadTooLarge', 'changeTooLarge', 'outcomeUnknown', 'quotaExceeded'] as const;

/** The errors that the host and the datastore cause in the same way for every route, so that its tests need no case of them. */
export const hostErrors: readonly DeclaredError[] = [...everywhere, ...ofWrites, ofCredentials[1]].map(
  (name) => commonErrors[name].spec,
);

/** Returns every error of a route: those that it names and those that its shape implies. `DeclaredErrorOf` is its type. */
export const getDeclaredErrors = (route: RouteSpec): readonly DeclaredError[] => {
  const implied: readonly (keyof typeof commonErrors)[] = [
    // Unknown query parameters are rejected, so every route can return 400.
    'invalidRequest',
    ...(route.auth === 'public' ? [] : ofCredentials),
    ...(route.params ? (['notFound'] as const) : []),
    ...(requiresVersion(route) ? ofVersions : []),
    ...(acceptsIdempotencyKey(route) ? (['idempotencyMismatch'] as const) : []),
    ...(getListItem(route.query) ? (['invalidCursor'] as const) : []),
    ...(route.method === 'GET' ? [] : ofWrites),
    ...(route.body || route.upload ? (['unsupportedMediaType'] as const) : []),
  ];
  const named: readonly AnyErrorFactory[] = route.errors ?? [];
  const toSpec = (name: keyof typeof commonErrors): DeclaredError => commonErrors[name].spec;
  return [...new Set([...implied.map(toSpec), ...named.map(({ spec }) => spec), ...everywhere.map(toSpec)])];
};

type Common<Name extends keyof typeof commonErrors> = (typeof commonErrors)[Name]['spec'];

type ErrorOfMethod<R extends RouteSpec> = R['method'] extends 'GET'
  ? never
  :
      | Common<(typeof ofWrites)[number]>
      | (R['method'] extends 'POST' ? never : Common<(typeof ofVersions)[number]>)
      | (R['auth'] extends 'public' ? never : Common<'idempotencyMismatch'>);

type ErrorOfAuth<R extends RouteSpec> = R['auth'] extends 'public' ? never : Common<(typeof ofCredentials)[number]>;

/** The schema of `defineListQuery`. */
type ListQuery = { readonly _zod: { readonly output: { readonly cursor: string | undefined } } };

/** The errors that `getDeclaredErrors` returns for a route, as a union by which clients narrow a problem. */
export type DeclaredErrorOf<R extends RouteSpec> =
  | Common<'invalidRequest' | (typeof everywhere)[number]>
  | ErrorOfAuth<R>
  | ErrorOfMethod<R>
  | (R extends { readonly params: object } ? Common<'notFound'> : never)
  | (R extends { readonly query: ListQuery } ? Common<'invalidCursor'> : never)
  | (R extends { readonly body: object } | { readonly upload: object } ? Common<'unsupportedMediaType'> : never)
  | (R extends { readonly errors: readonly (infer E extends AnyErrorFactory)[] } ? E['spec'] : never);
