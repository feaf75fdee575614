import { ApiError, commonErrors } from '@plinth/contract-kit';

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
