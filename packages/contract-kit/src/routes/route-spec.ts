import type { z } from 'zod';
import type { AnyErrorFactory } from '../catalogues/errors.ts';
import type { PermissionName } from '../catalogues/permissions.ts';

/** How long, and by which caches, a response may be stored and reused. */
export type Cache = {
  /** A whole number, at most a day, because a cached response cannot be recalled. 0 revalidates each time, with the `ETag`. */
  readonly maxAgeSeconds: number;
  /** `private`, the default, is the cache of the caller; `public` includes shared caches and is for public routes only. */
  readonly scope?: 'private' | 'public';
};

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
export type SuccessStatus = 200 | 201 | 202 | 204;

/**
 * The callers of a route: all (`public`), every identity that has signed in, also without an organization (`identity`), all users of an
 * organization (`authenticated`), or those with a permission.
 * `orSelf` names a path parameter: if its value is the caller's own id, no permission is needed.
 */
export type Auth =
  | 'public'
  | 'identity'
  | 'authenticated'
  | { readonly policy: PermissionName; readonly orSelf?: string };

/** The announced end of a route. Dates as in `2026-01-31`. */
export type Deprecation = {
  readonly since: string;
  /** The day from which the route may be removed, at least a year after `since`. */
  readonly sunset?: string;
  /** The operation id of the route that clients call instead. */
  readonly replacedBy?: string;
};

/** A body that is a file of lines, for a long operation. */
export type UploadSpec = {
  /** The schema of a line. The job of the operation validates each, so that one that is wrong does not refuse the others. */
  readonly line: z.core.$ZodType;
  readonly linesMax: number;
};

/** A file whose lines are stored as the chunks of a long operation. */
export type Upload = {
  /** The id that the operation must have, because its chunks have it already. */
  readonly operationId: string;
  readonly lines: number;
};

/** A route as plain data. The server, the client, the API reference and the tests derive from it. */
export type RouteSpec = {
  readonly method: Method;
  /** Fastify's form: `/v1/users/:id`. */
  readonly path: `/v${number}/${string}`;
  /** A few words in the imperative. */
  readonly summary: string;
  readonly description?: string;
  readonly auth: Auth;
  /**
   * The route reads and writes documents of the platform's own tenant, such as identities, instead of the caller's organization. A route
   * for an `identity` does so without it.
   */
  readonly tenant?: 'platform';
  readonly params?: z.core.$ZodObject;
  readonly query?: z.core.$ZodType;
  readonly body?: z.core.$ZodType;
  /** The largest body, in bytes; by default 256 KiB. A small one bounds the time that reading it takes, whatever it contains. */
  readonly bodyBytesMax?: number;
  /**
   * The body is NDJSON, or CSV with a header line, of at most `bodyBytesMax`. It is stored while it arrives, so memory does not grow with
   * it. An empty body has no lines. For a POST that starts a long operation.
   */
  readonly upload?: UploadSpec;
  /** Exactly one success; a 204 has the schema `NoContent`. Its example is in the metadata of its schema. */
  readonly responses: { readonly [S in SuccessStatus]?: z.core.$ZodType };
  /** The response is lines of JSON, each with the success schema. For a GET. */
  readonly stream?: 'ndjson';
  /** The response may be cached; without this it is `no-store`. For a GET, and never for a response with a secret. */
  readonly cache?: Cache;
  /** The route will be removed. Each response says since when it is deprecated, when it ends, and what replaces it. */
  readonly deprecated?: Deprecation;
  /**
   * With `required`, a request without an `Idempotency-Key` is refused. A POST has this by default, because it takes effect
   * again when it is repeated. With `optional`, a unique index or the state of the resource refuses the repetition.
   */
  readonly idempotency?: 'required' | 'optional';
  /** Each caller has a stricter rate limit for this route, besides the general limits: for guessable secrets and exports. */
  readonly limit?: 'sensitive';
  /**
   * A text field of the body, such as an e-mail address. Requests that name the same one share a limit, from all networks together, so that the
   * password of one account cannot be guessed from many networks.
   */
  readonly limitBy?: string;
  /** The expected failures, besides those that follow from the route's shape. */
  readonly errors?: readonly AnyErrorFactory[];
};

/** The versions that `If-Match` names: the change applies to any of them and to no other. */
export type ExpectedVersions = readonly number[];

export type Success<R extends RouteSpec> = Extract<R['responses'][keyof R['responses']], z.core.$ZodType>;

type PartInput<R, Part extends string> = R extends { readonly [P in Part]: z.core.$ZodType }
  ? { readonly [P in Part]: R[P]['_zod']['output'] }
  : unknown;

type ParamsInput<R> = R extends { readonly params: z.core.$ZodType } ? R['params']['_zod']['output'] : unknown;

type UploadInput<R> = R extends { readonly upload: object } ? { readonly upload: Upload } : unknown;

type VersionInput<R> = R extends { readonly method: 'PATCH' | 'PUT' | 'DELETE' }
  ? { readonly version: ExpectedVersions }
  : unknown;

/** The validated input of an operation: `{ ...params, query, body, version }`; `version` is from `If-Match`. */
export type InputOf<R extends RouteSpec> = Simplify<
  ParamsInput<R> & PartInput<R, 'query'> & PartInput<R, 'body'> & UploadInput<R> & VersionInput<R>
>;

/** The result of an operation; of a stream, its items one by one. */
export type OutputOf<R extends RouteSpec> = R extends { readonly stream: 'ndjson' }
  ? AsyncIterable<Success<R>['_zod']['output']>
  : Success<R>['_zod']['output'];

type Simplify<T> = { [K in keyof T]: T[K] };

/** Returns the success status of a route and its schema. */
export const getSuccess = (route: RouteSpec): { readonly status: SuccessStatus; readonly schema: z.core.$ZodType } => {
  const [entry, ...more] = Object.entries(route.responses);
  if (!entry?.[1] || more.length > 0) {
    throw new TypeError(`${route.method} ${route.path} must declare exactly one success status in 'responses'.`);
  }
  return { status: Number(entry[0]) as SuccessStatus, schema: entry[1] };
};
