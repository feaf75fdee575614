import { acceptsIdempotencyKey, type Contract, hasVersion, type RouteSpec, toCacheControl } from '@plinth/contract-kit';
import { findLocation } from '../http/location.ts';
import type { Json } from './schemas.ts';

/** The response headers that operations refer to. */
export const headerComponents = {
  Deprecation: {
    description: 'The Unix time since which the operation is deprecated, RFC 9745.',
    schema: { type: 'string' },
    example: '@1767225600',
  },
  ETag: {
    description: 'The version of the resource, for `If-Match` and `If-None-Match`.',
    schema: { type: 'string' },
    example: '"3"',
  },
  'Idempotency-Replayed': {
    description:
      '`true` when the response is the stored one of an earlier request with this key: the operation was not executed again.',
    schema: { type: 'string', enum: ['true'] },
  },
  Link: {
    description:
      'Of a deprecated operation: the reference (`deprecation`, `sunset`) and the same resource in the next version (`successor-version`), RFC 8288.',
    schema: { type: 'string' },
    example: '</docs>; rel="deprecation sunset"; type="text/html", </v2/users/1>; rel="successor-version"',
  },
  Location: {
    description: 'The path of the created resource, or of the long operation.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  RateLimit: {
    description:
      'The limit with the least left: `r` requests are left, and in `t` seconds the whole limit is available again.',
    schema: { type: 'string' },
    example: '"subject";r=299;t=1',
  },
  'RateLimit-Policy': {
    description: 'The same limit: `q` requests in `w` seconds.',
    schema: { type: 'string' },
    example: '"subject";q=300;w=60',
  },
  'Retry-After': {
    description: 'Seconds after which the request may be repeated. Absent when the change may have happened.',
    schema: { type: 'integer', minimum: 1 },
  },
  Sunset: {
    description: 'The time after which the operation may be removed, RFC 8594.',
    schema: { type: 'string' },
    example: 'Thu, 31 Dec 2026 00:00:00 GMT',
  },
  'WWW-Authenticate': {
    description:
      'How to authenticate, RFC 6750. With `error="invalid_token"` the token is not valid, has expired or is revoked.',
    schema: { type: 'string' },
    example: 'Bearer realm="plinth"',
  },
  'X-Request-Id': {
    description: 'The id of the request in the logs: the one that the client sent, or a new one.',
    schema: { type: 'string' },
  },
} as const satisfies Record<string, Json>;

type HeaderName = keyof typeof headerComponents;

const refer = (names: readonly HeaderName[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Returns the headers of every response of a route. A request with too large headers (431) reaches no rate limit. */
const getCommonHeaders = ({ deprecated }: RouteSpec, status: number): HeaderName[] => {
  if (status === 431) return ['X-Request-Id'];
  return [
    'RateLimit',
    'RateLimit-Policy',
    'X-Request-Id',
    ...(deprecated ? (['Deprecation', 'Link'] as const) : []),
    ...(deprecated?.sunset === undefined ? [] : (['Sunset'] as const)),
  ];
};

const toCacheHeader = (route: RouteSpec): Json => {
  const control = toCacheControl(route);
  if (control === undefined) return {};
  const description = 'For how many seconds the response may be cached, and by which caches.';
  return { 'Cache-Control': { description, schema: { type: 'string', enum: [control] } } };
};

/** Returns the headers of the success response of a route of `contract`, and of its 304. */
export const getSuccessHeaders = (
  route: RouteSpec,
  { contract, status }: { contract: Contract; status: number },
): Json => ({
  ...refer([
    ...getCommonHeaders(route, status),
    ...(hasVersion(route) ? (['ETag'] as const) : []),
    ...(findLocation(route, Object.values(contract.routes)) ? (['Location'] as const) : []),
    ...(acceptsIdempotencyKey(route) ? (['Idempotency-Replayed'] as const) : []),
  ]),
  ...toCacheHeader(route),
});

/** The statuses of refusals that are stored for a request with an idempotency key. */
const storedStatuses: readonly number[] = [404, 409, 422];

/** Returns the headers of an error response of a route. */
export const getErrorHeaders = (route: RouteSpec, status: number): Json =>
  refer([
    ...getCommonHeaders(route, status),
    ...(status === 401 ? (['WWW-Authenticate'] as const) : []),
    ...(status === 429 || status === 503 ? (['Retry-After'] as const) : []),
    ...(storedStatuses.includes(status) && acceptsIdempotencyKey(route) ? (['Idempotency-Replayed'] as const) : []),
  ]);
