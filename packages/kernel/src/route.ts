import type { z } from 'zod';
import { type Cache, cacheControlOf } from './cache.ts';
import type { AnyErrorFactory } from './errors.ts';
import type { PermissionName } from './permissions.ts';
import type { Versions } from './versions.ts';

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
  /** A call without an `Idempotency-Key` is refused: for effects that nobody wants twice, as with money. */
  readonly idempotency?: 'required';
  /** Beside the limits of every caller, each caller has a stricter one for this route alone: for what is worth guessing at. */
  readonly limit?: 'sensitive';
  /** The expected failures, beside those that the route's shape implies. */
  readonly errors?: readonly AnyErrorFactory[];
  readonly examples?: { readonly body?: unknown; readonly response?: unknown };
};

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type DeclaredParams<R> = R extends { readonly params: { readonly _zod: { readonly def: { readonly shape: infer S } } } }
  ? keyof S & string
  : never;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type IsUnion<T, U = T> = [T] extends [never] ? false : T extends unknown ? ([U] extends [T] ? false : true) : never;
type Quoted<Names extends string> = [Names] extends [never] ? 'none' : Names;

type CheckParams<R extends RouteSpec> =
  Same<ParamNames<R['path']>, DeclaredParams<R>> extends true
    ? unknown
    : {
        readonly params: `The params of this route must be exactly those of its path: ${Quoted<ParamNames<R['path']>>}.`;
      };

type CheckBody<R extends RouteSpec> = R extends { readonly method: 'GET' | 'DELETE'; readonly body: unknown }
  ? { readonly body: `A ${R['method']} has no body: move it into the query or use POST.` }
  : unknown;

type CheckSuccess<R extends RouteSpec> = [keyof R['responses']] extends [never]
  ? { readonly responses: 'A route declares the one success that it answers with.' }
  : IsUnion<keyof R['responses']> extends true
    ? { readonly responses: 'A route has exactly one success status: split it or choose one.' }
    : unknown;

type CheckOrSelf<R extends RouteSpec> = R extends { readonly auth: { readonly orSelf: infer Name extends string } }
  ? Name extends ParamNames<R['path']>
    ? unknown
    : { readonly auth: `orSelf names '${Name}', which is not a parameter of the path.` }
  : unknown;

type CheckStream<R extends RouteSpec> = R extends { readonly stream: unknown }
  ? R extends { readonly method: 'GET'; readonly responses: { readonly 200: unknown } }
    ? unknown
    : { readonly stream: ['Only a GET that answers with 200 streams.'] }
  : unknown;

// In lists, because two different texts would make the whole route `never`, and the compiler would blame every line of it.
type CheckIdempotency<R extends RouteSpec> = R extends { readonly method: 'GET'; readonly idempotency: unknown }
  ? { readonly idempotency: ['A GET has no effect, so it takes no idempotency key.'] }
  : R extends { readonly auth: 'public'; readonly idempotency: unknown }
    ? { readonly idempotency: ['A key belongs to a caller, and a public route knows none.'] }
    : unknown;

type CheckCache<R extends RouteSpec> = R extends { readonly cache: infer C extends Cache }
  ? R extends { readonly stream: unknown }
    ? { readonly cache: ['What streams is not cached.'] }
    : R extends { readonly method: 'GET'; readonly responses: { readonly 200: unknown } }
      ? CheckScope<R, C> & CheckAge<C>
      : { readonly cache: ['Only a GET that answers with 200 is cached.'] }
  : unknown;

type CheckScope<R extends RouteSpec, C extends Cache> = R['auth'] extends 'public'
  ? unknown
  : C extends { readonly scope: 'public' }
    ? { readonly cache: ['An answer by credential is its caller’s alone: only a public route is cached as public.'] }
    : unknown;

type CheckAge<C extends Cache> = `${C['maxAgeSeconds']}` extends `-${string}` | `${string}.${string}`
  ? { readonly cache: ['maxAgeSeconds is a whole number, 0 or more.'] }
  : unknown;

type CheckOptions<R> = {
  readonly [K in Exclude<keyof R, keyof RouteSpec> & string]: [`'${K}' is not an option of a route.`];
};

type CheckExamples<R extends RouteSpec> = {
  readonly examples?: {
    readonly body?: R extends { readonly body: z.ZodType } ? z.input<R['body']> : never;
    readonly response?: z.input<Success<R>>;
  };
};

/**
 * Turns each broken rule of a route into a compile error that reads like a sentence.
 * What is no `RouteSpec` at all arrives here as `RouteSpec` itself; the compiler then says what is missing, so nothing is added.
 */
export type Check<R extends RouteSpec> = RouteSpec extends R
  ? unknown
  : CheckParams<R> &
      CheckBody<R> &
      CheckSuccess<R> &
      CheckOrSelf<R> &
      CheckIdempotency<R> &
      CheckStream<R> &
      CheckCache<R> &
      CheckOptions<R> &
      CheckExamples<R>;

/**
 * Declares a route. What it is given is what it returns; the rules are checked by the compiler.
 * @throws when its answer must not be cached as it says, as far as the compiler could not tell.
 */
export const defineRoute = <const R extends RouteSpec>(route: R & Check<R>): R => {
  cacheControlOf(route);
  return route;
};

type Success<R extends RouteSpec> = Extract<R['responses'][keyof R['responses']], z.ZodType>;

type PartInput<R, Part extends string> = R extends { readonly [P in Part]: z.ZodType }
  ? { readonly [P in Part]: R[P]['_zod']['output'] }
  : unknown;

type ParamsInput<R> = R extends { readonly params: z.ZodType } ? R['params']['_zod']['output'] : unknown;

type VersionInput<R> = R extends { readonly method: 'PATCH' | 'PUT' | 'DELETE' }
  ? { readonly version: Versions }
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
export const successOf = (route: RouteSpec): { readonly status: SuccessStatus; readonly schema: z.ZodType } => {
  const [entry, ...more] = Object.entries(route.responses);
  if (!entry?.[1] || more.length > 0) {
    throw new TypeError(`${route.method} ${route.path} must declare exactly one success status in 'responses'.`);
  }
  return { status: Number(entry[0]) as SuccessStatus, schema: entry[1] };
};
