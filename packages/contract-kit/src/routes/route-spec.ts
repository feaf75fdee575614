import type { z } from 'zod';
import type { AnyErrorFactory } from '../errors/errors.ts';
import type { PermissionName } from './permissions.ts';

/** For how long, and by whom, the answer of a route may be kept without asking again. */
export type Cache = {
  /** A whole number, at most a day: an answer that is kept cannot be called back. 0 asks each time, with the `ETag`. */
  readonly maxAgeSeconds: number;
  /** `private`, the default, is the cache of the caller; `public` is shared ones too, and for public routes alone. */
  readonly scope?: 'private' | 'public';
};

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
export type SuccessStatus = 200 | 201 | 202 | 204;

/**
 * Who may call: everybody (`public`), everybody with a credential (`authenticated`), or who has a permission.
 * `orSelf` names a path parameter: a person whose own id stands there needs no permission.
 */
export type Auth = 'public' | 'authenticated' | { readonly policy: PermissionName; readonly orSelf?: string };

/** Everything that is known about a route. Plain data: the server, the client, the reference and the tests derive from it. */
export type RouteSpec = {
  readonly method: Method;
  /** Fastify's form: `/v1/users/:id`. */
  readonly path: `/v1/${string}`;
  /** A few words in the imperative. */
  readonly summary: string;
  readonly description?: string;
  readonly auth: Auth;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Exactly one success; 204 has the schema `NoContent`. */
  readonly responses: { readonly [S in SuccessStatus]?: z.ZodType };
  /** The answer is lines of JSON, each as the success schema says, for as long as there are some. For a GET. */
  readonly stream?: 'ndjson';
  /** The answer may be kept and given again; left out, it is `no-store`. For a GET, and never for an answer with a secret. */
  readonly cache?: Cache;
  /** The route is going away: each response has `Deprecation`, and `Sunset` when its end is known. Dates as in `2026-01-31`. */
  readonly deprecated?: { readonly since: string; readonly sunset?: string };
  /** A call without an `Idempotency-Key` is refused: for effects that nobody wants twice, as with money. */
  readonly idempotency?: 'required';
  /** Beside the limits of every caller, each caller has a stricter one for this route alone: for what is worth guessing at. */
  readonly limit?: 'sensitive';
  /** The expected failures, beside those that the route's shape implies. */
  readonly errors?: readonly AnyErrorFactory[];
  readonly examples?: { readonly body?: unknown; readonly response?: unknown };
};

/** The versions that `If-Match` names: the change holds for any of them and for no other. */
export type ExpectedVersions = readonly number[];

export type Success<R extends RouteSpec> = Extract<R['responses'][keyof R['responses']], z.ZodType>;

type PartInput<R, Part extends string> = R extends { readonly [P in Part]: z.ZodType }
  ? { readonly [P in Part]: R[P]['_zod']['output'] }
  : unknown;

type ParamsInput<R> = R extends { readonly params: z.ZodType } ? R['params']['_zod']['output'] : unknown;

type VersionInput<R> = R extends { readonly method: 'PATCH' | 'PUT' | 'DELETE' }
  ? { readonly version: ExpectedVersions }
  : unknown;

/** What the operation of a route is given: `{ ...params, query, body, version }`, validated; `version` is from `If-Match`. */
export type InputOf<R extends RouteSpec> = Simplify<
  ParamsInput<R> & PartInput<R, 'query'> & PartInput<R, 'body'> & VersionInput<R>
>;

/** What the operation of a route answers; of a stream, its items one after the other. */
export type OutputOf<R extends RouteSpec> = R extends { readonly stream: 'ndjson' }
  ? AsyncIterable<Success<R>['_zod']['output']>
  : Success<R>['_zod']['output'];

type Simplify<T> = { [K in keyof T]: T[K] };

/** The success status of a route and its schema. */
export const getSuccess = (route: RouteSpec): { readonly status: SuccessStatus; readonly schema: z.ZodType } => {
  const [entry, ...more] = Object.entries(route.responses);
  if (!entry?.[1] || more.length > 0) {
    throw new TypeError(`${route.method} ${route.path} must declare exactly one success status in 'responses'.`);
  }
  return { status: Number(entry[0]) as SuccessStatus, schema: entry[1] };
};
