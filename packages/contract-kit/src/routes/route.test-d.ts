/** Compile-time checks of a contract: each line below `@ts-expect-error` must not compile. */
import { z } from 'zod';
import { definePermissions } from '../catalogues/permissions.ts';
import { NoContent } from '../schemas/text.ts';
import { type Contract, defineContract } from './contract.ts';
import { defineRoute } from './route.ts';

const Thing = z.object({ id: z.string() });
const Params = z.object({ id: z.string() });
const base = { path: '/v1/things', summary: 'Things', auth: 'public', responses: { 200: Thing } } as const;
const item = { ...base, path: '/v1/things/:id', params: Params } as const;

// @ts-expect-error -- a route without a policy
defineRoute({ method: 'GET', path: '/v1/things', summary: 'Things', responses: { 200: Thing } });
// @ts-expect-error -- the path has a parameter that params do not declare
defineRoute({ ...base, method: 'GET', path: '/v1/things/:id' });
// @ts-expect-error -- params declare a name that the path does not have
defineRoute({ ...base, method: 'GET', params: Params });
// @ts-expect-error -- a GET has no body
defineRoute({ ...base, method: 'GET', body: Thing });
// @ts-expect-error -- two successes
defineRoute({ ...base, method: 'GET', responses: { 200: Thing, 201: Thing } });
// @ts-expect-error -- no success
defineRoute({ ...base, method: 'GET', responses: {} });
// @ts-expect-error -- a misspelt option
defineRoute({ ...base, method: 'GET', sumary: 'Things' });
// @ts-expect-error -- orSelf names no parameter
defineRoute({ ...item, method: 'GET', auth: { policy: 'things:read', orSelf: 'thingId' } });
// @ts-expect-error -- only a GET is cached
defineRoute({ ...base, method: 'POST', cache: { maxAgeSeconds: 60 } });
// @ts-expect-error -- only a 200 is cached
defineRoute({ ...base, method: 'GET', responses: { 202: Thing }, cache: { maxAgeSeconds: 60 } });
// @ts-expect-error -- a stream is not cached
defineRoute({ ...base, method: 'GET', stream: 'ndjson', cache: { maxAgeSeconds: 60 } });
// @ts-expect-error -- a response to a credential is not for shared caches
defineRoute({ ...base, method: 'GET', auth: 'authenticated', cache: { maxAgeSeconds: 60, scope: 'public' } });
// @ts-expect-error -- nor is a response that needs a permission
defineRoute({ ...item, method: 'GET', auth: { policy: 'things:read' }, cache: { maxAgeSeconds: 60, scope: 'public' } });
// @ts-expect-error -- a negative age
defineRoute({ ...base, method: 'GET', cache: { maxAgeSeconds: -1 } });
// @ts-expect-error -- half a second
defineRoute({ ...base, method: 'GET', cache: { maxAgeSeconds: 0.5 } });
// @ts-expect-error -- a cache without an age
defineRoute({ ...base, method: 'GET', cache: { scope: 'public' } });
// @ts-expect-error -- a path without a version
defineRoute({ ...base, method: 'GET', path: '/things' });

export const cached = [
  defineRoute({ ...base, method: 'GET', cache: { maxAgeSeconds: 60, scope: 'public' } }),
  defineRoute({ ...base, method: 'GET', cache: { maxAgeSeconds: 0 } }),
  defineRoute({ ...base, method: 'GET', auth: 'authenticated', cache: { maxAgeSeconds: 60 } }),
  defineRoute({
    ...item,
    method: 'GET',
    auth: { policy: 'things:read' },
    cache: { maxAgeSeconds: 60, scope: 'private' },
  }),
];

const getThing = defineRoute({ ...item, method: 'GET', auth: { policy: 'things:read', orSelf: 'id' } });
const removeThing = defineRoute({
  ...item,
  method: 'DELETE',
  auth: { policy: 'things:write' },
  responses: { 204: NoContent },
});
const permissions = definePermissions('things', { 'things:read': { title: 'See things', roles: ['owner'] } });

// @ts-expect-error -- 'things:write' is in no permission catalogue
defineContract('things', { permissions, routes: { getThing, removeThing } });
// @ts-expect-error -- a permission of another domain
definePermissions('things', { 'orders:read': { title: 'See orders', roles: ['owner'] } });

export const things = defineContract('things', { permissions, routes: { getThing } });

export const anyContract: Contract = things;
