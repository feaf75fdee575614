import type { z } from 'zod';

/** The statuses of errors. */
export type ErrorStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 412
  | 413
  | 415
  | 422
  | 428
  | 429
  | 431
  | 500
  | 503
  | 504;

/** One entry of an error catalogue. `title` and `fix` are public text; `data` is the schema of the public details. */
export type ErrorSpec = {
  readonly status: ErrorStatus;
  /** The problem, in the same words for every occurrence. */
  readonly title: string;
  /** The next step of the caller. */
  readonly fix: string;
  readonly data?: z.core.$ZodType;
  /**
   * The refusal has an effect: what the action recorded before it threw is committed, such as the end of a session whose token was
   * stolen. For routes without an idempotency key.
   */
  readonly commits?: true;
};

/** One bad field of a request. `pointer` is a JSON pointer inside `location`. */
export type FieldError = {
  readonly pointer: string;
  readonly location: 'body' | 'query' | 'params' | 'header';
  readonly code: string;
  readonly message: string;
};

export type ErrorOptions = {
  /** This occurrence of the problem, in public words. */
  readonly detail?: string;
  /** The next step of the caller for this occurrence; by default that of the catalogue. */
  readonly fix?: string;
  readonly errors?: readonly FieldError[];
  /** Logged, never sent. */
  readonly cause?: unknown;
};

/** An expected failure, declared in an error catalogue and sent as problem+json. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly spec: DeclaredError;
  readonly data: unknown;
  readonly detail: string | undefined;
  readonly fix: string;
  readonly errors: readonly FieldError[] | undefined;

  constructor(spec: DeclaredError, data: unknown, options: ErrorOptions = {}) {
    super(options.detail ?? spec.title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = spec.code;
    this.spec = spec;
    this.data = data;
    this.detail = options.detail;
    this.fix = options.fix ?? spec.fix;
    this.errors = options.errors;
  }

  get status(): ErrorStatus {
    return this.spec.status;
  }
}

/** An entry of an error catalogue with its domain and code; `code` is the stable name that clients switch on. */
export type DeclaredError = ErrorSpec & { readonly domain: string; readonly code: string };

type Create<S extends ErrorSpec> = S extends { readonly data: infer D extends z.core.$ZodType }
  ? (data: z.output<D>, options?: ErrorOptions) => ApiError
  : (options?: ErrorOptions) => ApiError;

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : Name;

/** The code, the status and the data of an entry, by which clients narrow a problem. */
type SpecOf<S extends ErrorSpec, Name extends string> = DeclaredError & {
  readonly code: Kebab<Name>;
  readonly status: S['status'];
} & (S extends { readonly data: infer D } ? { readonly data: D } : unknown);

/** Creates one declared error; `spec` is its entry in the catalogue. */
export type ErrorFactory<S extends ErrorSpec = ErrorSpec, Name extends string = string> = Create<S> & {
  readonly spec: SpecOf<S, Name>;
};

/** Any entry of any catalogue, as routes declare them. */
export type AnyErrorFactory = { readonly spec: DeclaredError };

export type ErrorCatalogue<B extends Record<string, ErrorSpec>> = {
  readonly [K in keyof B]: ErrorFactory<B[K], K & string>;
};

const toKebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const toFactory = (spec: DeclaredError): AnyErrorFactory => {
  const create = spec.data
    ? (data: unknown, options?: ErrorOptions) => new ApiError(spec, data, options)
    : (options?: ErrorOptions) => new ApiError(spec, undefined, options);
  return Object.assign(create, { spec });
};

/**
 * Declares the errors of a domain. The key `outOfStock` becomes the code `out-of-stock`; codes are API and never change.
 * @returns one factory for each entry: `ordersErrors.outOfStock({ productId }, { cause })`; without `data` it takes only options.
 */
export const defineErrors = <const B extends Record<string, ErrorSpec>>(
  domain: string,
  catalogue: B,
): ErrorCatalogue<B> =>
  Object.fromEntries(
    Object.entries(catalogue).map(([key, spec]) => [key, toFactory({ ...spec, domain, code: toKebab(key) })]),
  ) as ErrorCatalogue<B>;
