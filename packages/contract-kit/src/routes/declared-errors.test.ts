import { expect, it } from 'vitest';
import { z } from 'zod';
import { commonErrors } from '../catalogues/common-errors.ts';
import { defineListQuery } from '../schemas/list-query.ts';
import { type DeclaredErrorOf, getDeclaredErrors } from './declared-errors.ts';
import { defineRoute } from './route.ts';

const Thing = z.object({ id: z.string() });
const params = z.object({ id: z.string() });

const rename = defineRoute({
  method: 'PUT',
  path: '/v1/things/:id/name',
  summary: 'Rename a thing',
  auth: { policy: 'things:write' },
  params,
  body: Thing,
  responses: { 200: Thing },
  errors: [commonErrors.conflict],
});
const list = defineRoute({
  method: 'GET',
  path: '/v1/things',
  summary: 'List things',
  auth: 'public',
  query: defineListQuery({ item: Thing, filters: {}, ranges: {}, combinations: [{ sort: ['id'] }] }),
  responses: { 200: Thing },
});
const search = defineRoute({
  method: 'GET',
  path: '/v1/things/search',
  summary: 'Search things',
  auth: 'public',
  query: z.object({ words: z.string() }),
  responses: { 200: Thing },
});

type Codes<R extends typeof rename | typeof list | typeof search> = Readonly<
  Record<DeclaredErrorOf<R>['code'], number>
>;

const everywhere = {
  'invalid-request': 400,
  'not-acceptable': 406,
  'request-timeout': 408,
  'headers-too-large': 431,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  'upstream-timeout': 504,
} as const;

// The compiler refuses a missing and a superfluous code.
const ofRename: Codes<typeof rename> = {
  ...everywhere,
  unauthenticated: 401,
  'token-expired': 401,
  forbidden: 403,
  'not-found': 404,
  'precondition-required': 428,
  'stale-version': 412,
  'idempotency-mismatch': 422,
  'payload-too-large': 413,
  'change-too-large': 413,
  'outcome-unknown': 503,
  'quota-exceeded': 403,
  'unsupported-media-type': 415,
  conflict: 409,
};
const ofList: Codes<typeof list> = { ...everywhere, 'invalid-cursor': 400 };
const ofSearch: Codes<typeof search> = everywhere;

it.each([
  ['a protected write', rename, ofRename],
  ['a public list', list, ofList],
  ['a query without a cursor', search, ofSearch],
])('the type and the value agree on the errors of %s', (_, route, expected) => {
  const declared = getDeclaredErrors(route).map(({ code, status }) => [code, status]);
  expect(Object.fromEntries(declared)).toEqual(expected);
});
