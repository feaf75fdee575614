import { z } from 'zod';
import { defineErrors } from './errors.ts';

/** The errors that any route may return; the host adds them to every contract. */
export const commonErrors = defineErrors('common', {
  invalidRequest: {
    status: 400,
    title: 'The request is not valid.',
    fix: 'Correct the request as `detail` says, and send it again.',
  },
  invalidCursor: {
    status: 400,
    title: 'The cursor does not belong to this list.',
    fix: 'Use `nextCursor` unchanged, with the same filter and sort, or start without a cursor.',
  },
  unauthenticated: {
    status: 401,
    title: 'A valid credential is missing.',
    fix: 'Send `Authorization: Bearer <token>` with a token that was issued for this API.',
  },
  tokenExpired: {
    status: 401,
    title: 'The token has expired.',
    fix: 'Get a new token and send the request again.',
  },
  forbidden: {
    status: 403,
    title: 'A permission is missing.',
    fix: 'Get a role with this permission from an owner of the organization.',
    data: z.object({ permission: z.string() }),
  },
  quotaExceeded: {
    status: 403,
    title: 'The plan of the organization has no room for more.',
    fix: 'Remove what is no longer needed, or change the plan of the organization.',
  },
  notFound: {
    status: 404,
    title: 'The resource does not exist.',
    fix: 'Check the path and the id.',
  },
  methodNotAllowed: {
    status: 405,
    title: 'The path does not support this method.',
    fix: 'Use one of the methods in the `Allow` header.',
  },
  notAcceptable: {
    status: 406,
    title: 'The response is not available in a media type that you accept.',
    fix: 'Send `Accept` with the media type of the response, or no `Accept` at all.',
  },
  requestTimeout: {
    status: 408,
    title: 'The request took too long to arrive.',
    fix: 'Send it again without pauses.',
  },
  headersTooLarge: {
    status: 431,
    title: 'The headers are too large.',
    fix: 'Send fewer or shorter headers: at most 16 KiB together.',
  },
  payloadTooLarge: {
    status: 413,
    title: 'The body is too large.',
    fix: 'Send a smaller body.',
  },
  changeTooLarge: {
    status: 413,
    title: 'The change is too large to be made at once.',
    fix: 'Split it into several smaller requests.',
  },
  unsupportedMediaType: {
    status: 415,
    title: 'The content type is not supported.',
    fix: 'Send JSON with `Content-Type: application/json`.',
  },
  conflict: {
    status: 409,
    title: 'Another request changed the resource at the same time.',
    fix: 'Read the resource and, if the change still applies, send it again with a new idempotency key.',
  },
  idempotencyMismatch: {
    status: 422,
    title: 'The idempotency key was used for another request.',
    fix: 'Use a new idempotency key for each request; reuse a key only to retry the identical request.',
  },
  staleVersion: {
    status: 412,
    title: 'The resource has changed since it was read.',
    fix: 'Read it again, apply your change to the new version and send that.',
  },
  preconditionRequired: {
    status: 428,
    title: 'The version of the resource to change is missing.',
    fix: 'Read the resource and send its `ETag` as `If-Match` with the change.',
  },
  rateLimited: {
    status: 429,
    title: 'Too many requests were sent.',
    fix: 'Wait for the seconds in `Retry-After`, and send fewer requests.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side.',
    fix: 'Try again later; if it happens again, report the `requestId`.',
  },
  unavailable: {
    status: 503,
    title: 'The service is not available right now.',
    fix: 'Try again after the seconds in `Retry-After`.',
  },
  outcomeUnknown: {
    status: 503,
    title: 'The change may have happened: read it, or repeat the call with the same Idempotency-Key.',
    fix: 'Read the resource. Repeat a request without an `Idempotency-Key` only when the change is missing.',
  },
  upstreamTimeout: {
    status: 504,
    title: 'The response took too long.',
    fix: 'Try again; if it happens again, request less at once.',
  },
});
