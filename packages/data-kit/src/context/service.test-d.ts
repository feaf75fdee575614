/** Compile-time checks of a service: each line below `@ts-expect-error` must not compile. */
import {
  defineContract,
  definePermissions,
  defineRoute,
  type ExpectedVersions,
  type InputOf,
  IsoDate,
} from '@plinth/contract-kit';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import type { Ctx } from './context.ts';
import type { ServiceOf } from './service.ts';

const permissions = definePermissions('things', {
  'things:read': { title: 'See things', roles: ['owner'] },
  'things:write': { title: 'Change things', roles: ['owner'] },
});
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

const Thing = z.object({ id: z.string(), due: IsoDate });
const changeThing = defineRoute({
  method: 'PATCH',
  path: '/v1/things/:id',
  summary: 'Change a thing',
  auth: { policy: 'things:write' },
  params: z.object({ id: z.string() }),
  body: Thing,
  responses: { 200: Thing },
});
export const changeable = defineContract('things', { permissions, routes: { changeThing } });
type Change = ServiceOf<typeof changeable>['changeThing'];

// The input is validated: a time that is sent as text is a Date.
expectTypeOf<Parameters<Change>>().toEqualTypeOf<
  [input: { id: string; readonly body: { id: string; due: Date }; readonly version: ExpectedVersions }, ctx: Ctx]
>();
expectTypeOf<ReturnType<Change>>().toEqualTypeOf<Promise<{ id: string; due: Date }>>();
