import { defineContract, definePermissions, defineRoute, type ExpectedVersions, IsoDate } from '@plinth/contract-kit';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Ctx } from './context.ts';
import type { ServiceOf } from './service.ts';

const Thing = z.object({ id: z.string(), due: IsoDate });

const permissions = definePermissions('things', { 'things:write': { title: 'Change things', roles: ['owner'] } });

const changeThing = defineRoute({
  method: 'PATCH',
  path: '/v1/things/:id',
  summary: 'Change a thing',
  auth: { policy: 'things:write' },
  params: z.object({ id: z.string() }),
  body: Thing,
  responses: { 200: Thing },
});

const contract = defineContract('things', { permissions, routes: { changeThing } });

describe('ServiceOf', () => {
  it('passes validated input to an operation: a Date for a time sent as text', () => {
    type Change = ServiceOf<typeof contract>['changeThing'];
    expectTypeOf<Parameters<Change>[0]>().toEqualTypeOf<{
      id: string;
      readonly body: { id: string; due: Date };
      readonly version: ExpectedVersions;
    }>();
    expectTypeOf<Parameters<Change>[1]>().toEqualTypeOf<Ctx>();
    expectTypeOf<ReturnType<Change>>().toEqualTypeOf<Promise<{ id: string; due: Date }>>();
  });

  it('requires exactly one operation for each route', () => {
    expectTypeOf<keyof ServiceOf<typeof contract>>().toEqualTypeOf<'changeThing'>();
  });
});
