import { describe, expect, it } from 'vitest';
import { commonErrors } from './common-errors.ts';

/** The table of the HTTP API standard: every code that any route may return, and its status. */
const standard: Readonly<Record<string, number>> = {
  'invalid-request': 400,
  'invalid-cursor': 400,
  unauthenticated: 401,
  'token-expired': 401,
  forbidden: 403,
  'quota-exceeded': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'request-timeout': 408,
  'headers-too-large': 431,
  'payload-too-large': 413,
  'change-too-large': 413,
  'unsupported-media-type': 415,
  conflict: 409,
  'already-exists': 409,
  'idempotency-in-progress': 409,
  'stale-version': 412,
  'precondition-required': 428,
  'idempotency-mismatch': 422,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  'outcome-unknown': 503,
  'upstream-timeout': 504,
};

const specs = Object.values(commonErrors).map(({ spec }) => spec);

describe('the common errors', () => {
  it.each(specs)('has $code with the status of the API standard', ({ code, status }) => {
    expect(status).toBe(standard[code]);
  });

  it('has each code once', () => {
    expect(new Set(specs.map(({ code }) => code)).size).toBe(specs.length);
  });

  it.each(specs)('describes $code and the next step in full sentences', ({ title, fix }) => {
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(fix).toMatch(/^[A-Z].*\.$/);
  });

  it('names the missing permission in forbidden', () => {
    expect(commonErrors.forbidden({ permission: 'users:write' }).data).toEqual({ permission: 'users:write' });
  });
});
