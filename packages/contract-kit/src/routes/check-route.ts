import type { Cache, RouteSpec } from './route-spec.ts';

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
  ? { readonly responses: 'A route must declare exactly one success response.' }
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
    : { readonly stream: ['Only a GET that returns 200 streams.'] }
  : unknown;

// Texts in lists, because two different texts would make the whole route `never`, and the compiler would report every line of it.
type CheckIdempotency<R extends RouteSpec> = R extends { readonly method: 'GET'; readonly idempotency: unknown }
  ? { readonly idempotency: ['A GET has no effect, so it accepts no idempotency key.'] }
  : R extends { readonly auth: 'public'; readonly idempotency: unknown }
    ? { readonly idempotency: ['An idempotency key belongs to a caller, and a public route has none.'] }
    : unknown;

type CheckCache<R extends RouteSpec> = R extends { readonly cache: infer C extends Cache }
  ? R extends { readonly stream: unknown }
    ? { readonly cache: ['A stream is not cached.'] }
    : R extends { readonly method: 'GET'; readonly responses: { readonly 200: unknown } }
      ? CheckScope<R, C> & CheckAge<C>
      : { readonly cache: ['Only a GET that returns 200 is cached.'] }
  : unknown;

type CheckScope<R extends RouteSpec, C extends Cache> = R['auth'] extends 'public'
  ? unknown
  : C extends { readonly scope: 'public' }
    ? {
        readonly cache: ["Only a route with auth 'public' can be cached as 'public'. Remove 'scope'."];
      }
    : unknown;

type CheckAge<C extends Cache> = `${C['maxAgeSeconds']}` extends `-${string}` | `${string}.${string}`
  ? { readonly cache: ['maxAgeSeconds is a whole number, 0 or more.'] }
  : unknown;

type CheckUpload<R extends RouteSpec> = R extends { readonly upload: unknown }
  ? R extends { readonly method: 'POST'; readonly responses: { readonly 202: unknown } }
    ? R extends { readonly body: unknown } | { readonly auth: 'public' } | { readonly idempotency: 'optional' }
      ? {
          readonly upload: [
            "An upload is the whole body of a route for users, and requires an idempotency key: remove 'body' and 'idempotency'.",
          ];
        }
      : unknown
    : { readonly upload: ['Only a POST that returns 202 has an upload.'] }
  : unknown;

type CheckOptions<R> = {
  readonly [K in Exclude<keyof R, keyof RouteSpec> & string]: [`'${K}' is not an option of a route.`];
};

/**
 * Turns each broken rule of a route into a compile error that reads like a sentence.
 * A value that is not a `RouteSpec` arrives here as `RouteSpec` itself; the compiler already says what is missing.
 */
export type ValidateRoute<R extends RouteSpec> = RouteSpec extends R
  ? unknown
  : CheckParams<R> &
      CheckBody<R> &
      CheckSuccess<R> &
      CheckOrSelf<R> &
      CheckIdempotency<R> &
      CheckStream<R> &
      CheckUpload<R> &
      CheckCache<R> &
      CheckOptions<R>;
