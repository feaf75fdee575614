import type { DeclaredErrorOf, FieldError, RouteSpec } from '@plinth/contract-kit';

type ProblemFields = {
  /** The URL of a page about the problem. */
  readonly type: string;
  readonly title: string;
  /** This occurrence of the problem. */
  readonly detail: string;
  /** The next step. */
  readonly fix: string;
  readonly instance: string;
  readonly requestId: string;
  /** The fields of the request that are not valid. */
  readonly errors?: readonly FieldError[];
};

type ServerProblem<E> = E extends { readonly code: string; readonly status: number }
  ? ProblemFields & { readonly code: E['code']; readonly status: E['status'] } & (E extends {
        readonly data: { readonly _zod: { readonly input: infer D } };
      }
        ? { readonly data: D }
        : unknown)
  : never;

/** The reasons for which a call has no response of the API. */
const reasons = {
  'invalid-path': 'The path is not valid.',
  'invalid-body': 'The body is not valid.',
  'token-unavailable': 'There is no token.',
  'connection-failed': 'There is no connection.',
  'timed-out': 'There is no response in time.',
  aborted: 'The call was aborted.',
  'unexpected-response': 'The response is not valid.',
};

export type ClientCode = keyof typeof reasons;

/** A failure that the client found itself. The status is 0, except that of a response which is not one of the API. */
export type ClientProblem = {
  readonly [Code in ClientCode]: {
    readonly code: Code;
    readonly status: 0 | (Code extends 'unexpected-response' ? number : never);
    readonly title: string;
    readonly cause?: unknown;
  };
}[ClientCode];

/** Every problem of a call, by its `code`: those that the route declares, and those of the client itself. */
export type ProblemOf<R extends RouteSpec> = ServerProblem<DeclaredErrorOf<R>> | ClientProblem;

/** A problem of any route. */
export type AnyProblem = (ProblemFields & { readonly code: string; readonly status: number }) | ClientProblem;

/** The result of a call that failed. */
export type AnyFailure = { readonly ok: false; readonly status: number; readonly problem: AnyProblem };

export const toFailure = (code: ClientCode, status = 0, cause?: unknown): AnyFailure => {
  const problem = { code, status, title: reasons[code], cause } as AnyProblem;
  return { ok: false, status, problem };
};

/** The exception of `unwrap` and `items`. */
export class ProblemError<P extends AnyProblem = AnyProblem> extends Error {
  override readonly name = 'ProblemError';
  readonly problem: P;

  constructor(problem: P) {
    super(problem.title);
    this.problem = problem;
  }
}
