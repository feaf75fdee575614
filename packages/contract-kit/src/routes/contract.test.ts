import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { definePermissions } from '../catalogues/permissions.ts';
import { IsoDate } from '../schemas/iso-date.ts';
import { defineContract } from './contract.ts';
import { defineRoute } from './route.ts';

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

describe('defineContract', () => {
  it('keeps the name, the routes by operation id, and the permissions', () => {
    expect(contract).toEqual({ name: 'things', permissions, routes: { changeThing } });
  });

  it('keeps the identity of the routes, so that a host can compare them', () => {
    expect(contract.routes.changeThing).toBe(changeThing);
  });
});
