// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import type { RunNpmRunBuildForProblems } from '../core/status-by-code.ts';
import type * as actions from './index.ts';

export const problems: { readonly [Name in keyof typeof actions]: RunNpmRunBuildForProblems<(typeof actions)[Name]> } = {
  listJobs: { 'invalid-request': 400, 'unauthenticated': 401, 'token-expired': 401, 'forbidden': 403, 'not-acceptable': 406, 'request-timeout': 408, 'headers-too-large': 431, 'rate-limited': 429, 'internal': 500, 'unavailable': 503, 'upstream-timeout': 504 },
  listDeadMessages: { 'invalid-request': 400, 'unauthenticated': 401, 'token-expired': 401, 'forbidden': 403, 'not-found': 404, 'invalid-cursor': 400, 'not-acceptable': 406, 'request-timeout': 408, 'headers-too-large': 431, 'rate-limited': 429, 'internal': 500, 'unavailable': 503, 'upstream-timeout': 504 },
  getDeadMessage: { 'invalid-request': 400, 'unauthenticated': 401, 'token-expired': 401, 'forbidden': 403, 'not-found': 404, 'not-acceptable': 406, 'request-timeout': 408, 'headers-too-large': 431, 'rate-limited': 429, 'internal': 500, 'unavailable': 503, 'upstream-timeout': 504 },
  retryDeadMessage: { 'invalid-request': 400, 'unauthenticated': 401, 'token-expired': 401, 'forbidden': 403, 'not-found': 404, 'idempotency-mismatch': 422, 'payload-too-large': 413, 'change-too-large': 413, 'outcome-unknown': 503, 'quota-exceeded': 403, 'message-not-dead': 409, 'not-acceptable': 406, 'request-timeout': 408, 'headers-too-large': 431, 'rate-limited': 429, 'internal': 500, 'unavailable': 503, 'upstream-timeout': 504 },
  dropDeadMessage: { 'invalid-request': 400, 'unauthenticated': 401, 'token-expired': 401, 'forbidden': 403, 'not-found': 404, 'idempotency-mismatch': 422, 'payload-too-large': 413, 'change-too-large': 413, 'outcome-unknown': 503, 'quota-exceeded': 403, 'message-not-dead': 409, 'not-acceptable': 406, 'request-timeout': 408, 'headers-too-large': 431, 'rate-limited': 429, 'internal': 500, 'unavailable': 503, 'upstream-timeout': 504 },
};
