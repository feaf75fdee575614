/** Compile-time checks of a service: each line below `@ts-expect-error` must not compile. */
import { defineContract, definePermissions, defineRoute, type InputOf } from '@plinth/contract-kit';
import { z } from 'zod';
import type { Ctx } from './context.ts';
import type { ServiceOf } from './service.ts';

const permissions = definePermissions('things', { 'things:read': { title: 'See things', roles: ['owner'] } });
const getThing = defineRoute({
  method: 'GET',
  path: '/v1/things/:id',
  summary: 'Get a thing',
  auth: { policy: 'things:read', orSelf: 'id' },
  params: z.object({ id: z.string() }),
  responses: { 200: z.object({ id: z.string() }) },
});
export const things = defineContract('things', { permissions, routes: { getThing } });
type Things = ServiceOf<typeof things>;
const getThingById = async (_input: InputOf<typeof getThing>, _ctx: Ctx) => ({ id: 'a' });

export const exact: Things = { getThing: getThingById };
// @ts-expect-error -- an operation is missing
export const fewer: Things = {};
// @ts-expect-error -- an operation too many
export const more: Things = { getThing: getThingById, removeThing: getThingById };
// @ts-expect-error -- the result is not the declared one
export const other: Things = { getThing: async () => ({ name: 'a' }) };
