import type { ApiError, FieldError } from './errors.ts';

/** The body of an error response: RFC 9457, `application/problem+json`. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly fix: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly data?: unknown;
};

export type ProblemContext = { readonly requestId: string; readonly instance: string; readonly publicUrl: string };

/** Converts an error to the body of its response. */
export const toProblem = (error: ApiError, { requestId, instance, publicUrl }: ProblemContext): Problem => {
  const { domain, code, title, status } = error.spec;
  return {
    type: `${publicUrl}/errors/${domain}/${code}`,
    title,
    status,
    detail: error.detail ?? title,
    instance,
    code,
    fix: error.fix,
    requestId,
    ...(error.errors && { errors: error.errors }),
    ...(error.data !== undefined && { data: error.data }),
  };
};
