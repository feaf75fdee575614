import { z } from 'zod';
import { defineErrors } from './errors.ts';

/** The errors that any route may answer with; the host adds them to every contract. */
export const commonErrors = defineErrors('common', {
  invalidRequest: {
    status: 400,
    title: 'The request is not valid.',
    fix: 'Correct what `detail` describes and send the request again. `errors`, where present, lists the fields.',
  },
  invalidCursor: {
    status: 400,
    title: 'The cursor does not belong to this list.',
    fix: 'Use `nextCursor` unchanged, with the same filter and sort, or begin without a cursor.',
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
    title: 'The permission for this is missing.',
    fix: 'Ask an owner of the organization for a role that has this permission.',
    data: z.object({ permission: z.string() }),
  },
  notFound: {
    status: 404,
    title: 'There is no such resource.',
    fix: 'Check the path and the id.',
  },
  methodNotAllowed: {
    status: 405,
    title: 'The path does not take this method.',
    fix: 'Use one of the methods that the `Allow` header names.',
  },
  notAcceptable: {
    status: 406,
    title: 'The answer has no form that you accept.',
    fix: 'Send `Accept: application/json`, or no `Accept` at all.',
  },
  requestTimeout: {
    status: 408,
    title: 'The request took too long to arrive.',
    fix: 'Send it again without pauses.',
  },
  headersTooLarge: {
    status: 431,
    title: 'The headers are too large.',
    fix: 'Send fewer or shorter headers; 16 KiB together is the most.',
  },
  payloadTooLarge: {
    status: 413,
    title: 'The body is too large.',
    fix: 'Send a smaller body.',
  },
  unsupportedMediaType: {
    status: 415,
    title: 'The content type is not supported.',
    fix: 'Send JSON with `Content-Type: application/json`.',
  },
  conflict: {
    status: 409,
    title: 'The resource was changed by somebody else at the same time.',
    fix: 'Read it again, and send the request again, with a new idempotency key, if it still makes sense.',
  },
  idempotencyMismatch: {
    status: 422,
    title: 'The idempotency key was used for another request.',
    fix: 'Send a new key with a new request; the same key only with the very same one.',
  },
  staleVersion: {
    status: 412,
    title: 'The resource has changed since it was read.',
    fix: 'Read it again, apply your change to the new version and send that.',
  },
  preconditionRequired: {
    status: 428,
    title: 'The change does not say which version it is meant for.',
    fix: 'Read the resource, and send its `ETag` as `If-Match` with the change.',
  },
  rateLimited: {
    status: 429,
    title: 'There were too many requests.',
    fix: 'Wait for the seconds that `Retry-After` names, and send fewer.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side.',
    fix: 'Try again later; if it goes on, report the `requestId`.',
  },
  unavailable: {
    status: 503,
    title: 'The service is not available right now.',
    fix: 'Try again after the seconds that `Retry-After` names.',
  },
  upstreamTimeout: {
    status: 504,
    title: 'The answer took too long.',
    fix: 'Try again; ask for less at once if it goes on.',
  },
});
