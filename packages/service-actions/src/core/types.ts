import type { RouteSpec } from '@plinth/contract-kit';
import type { ProblemOf } from './problem.ts';

/** The wire's form of a schema: the input, because codecs such as `IsoDate` decode on the server only. */
type Wire<S> = S extends { readonly _zod: { readonly input: infer I } } ? I : never;

type SuccessOf<R extends RouteSpec> = R['responses'][keyof R['responses']];

type ParamsInput<R extends RouteSpec> = R extends { readonly params: infer S } ? Wire<S> : unknown;

type QueryInput<R extends RouteSpec> = R extends { readonly query: infer S }
  ? Partial<Wire<S>> extends Wire<S>
    ? { readonly query?: Wire<S> }
    : { readonly query: Wire<S> }
  : unknown;

type BodyInput<R extends RouteSpec> = R extends { readonly body: infer S }
  ? { readonly body: Wire<S> }
  : R extends { readonly upload: object }
    ? {
        /** A file of lines. Its `type` is `application/x-ndjson` or `text/csv`. */
        readonly body: Blob;
      }
    : unknown;

type VersionInput<R extends RouteSpec> = R['method'] extends 'PATCH' | 'PUT' | 'DELETE'
  ? {
      /** The `etag` of the response that was read, or the `version` in it: the change applies to this version only. */
      readonly ifMatch: string | number;
    }
  : unknown;

/** The input of a call: `{ ...params, query, body, ifMatch }`. */
export type CallInput<R extends RouteSpec> = Simplify<ParamsInput<R> & QueryInput<R> & BodyInput<R> & VersionInput<R>>;

type Simplify<T> = { [K in keyof T]: T[K] };

/** The data of a success as sent; of a stream, its items one by one, which throw a `ProblemError` when the connection ends early. */
export type DataOf<R extends RouteSpec> = R extends { readonly stream: 'ndjson' }
  ? AsyncIterable<Wire<SuccessOf<R>>>
  : Wire<SuccessOf<R>>;

export type SuccessResult<R extends RouteSpec> = {
  readonly ok: true;
  readonly status: keyof R['responses'];
  readonly data: DataOf<R>;
  /** Send it as `ifMatch` with a change. */
  readonly etag: string | null;
  readonly requestId: string | null;
};

export type FailureResult<R extends RouteSpec> =
  ProblemOf<R> extends infer P extends { readonly status: number }
    ? { readonly ok: false; readonly status: P['status']; readonly problem: P }
    : never;

/** The result of a call: a success, or a problem to `switch` on by its code. */
export type Result<R extends RouteSpec> = SuccessResult<R> | FailureResult<R>;

export type CallOptions = {
  /** Ends the call, at any point of it, with the code `aborted`. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole call with all tries; by default those of the API. Of a stream, until its first byte. */
  readonly timeoutMs?: number;
  /** By default random. Reuse one only to repeat the identical call, as after a restart of the page. */
  readonly idempotencyKey?: string;
  /** Additional headers, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** The arguments after the API. The input may be left out where none of it is required. */
export type CallArguments<R extends RouteSpec> =
  Record<never, never> extends CallInput<R>
    ? [input?: CallInput<R>, options?: CallOptions]
    : [input: CallInput<R>, options?: CallOptions];

/** `GET /v1/users/:id`. */
export type RouteName<R extends RouteSpec> = `${R['method']} ${R['path']}`;
