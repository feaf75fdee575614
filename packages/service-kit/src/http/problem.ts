import { ApiError, commonErrors, type FieldError } from '@plinth/contract-kit';

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

const getStatus = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;

/** The details of Fastify's errors by their codes. */
const details: Readonly<Record<string, string>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty. It has to be JSON.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON, or it names a forbidden property such as `__proto__`.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The length of the body differs from Content-Length.',
};

const getDetail = (error: unknown): string => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return details[code] ?? 'The request could not be read.';
};

/** Turns any thrown value into a declared error. The cause is kept for the log. */
export const toApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  const status = getStatus(error);
  if (status === 413) return commonErrors.payloadTooLarge({ cause: error });
  if (status === 415) return commonErrors.unsupportedMediaType({ cause: error });
  if (status === 503) return commonErrors.unavailable({ cause: error });
  if (status >= 400 && status < 500) return commonErrors.invalidRequest({ cause: error, detail: getDetail(error) });
  return commonErrors.internal({ cause: error });
};

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
