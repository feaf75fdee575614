import { defineContract, defineRoute } from '@plinth/contract-kit';
import { defineCollection, Entity } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule, implement, type Module } from '../src/index.ts';
import { openTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { things, thingsModule } from './things.ts';

const pong = z.object({ pong: z.boolean() });
const route = {
  method: 'GET',
  path: '/v1/pongs',
  summary: 'Get a pong',
  auth: 'public',
  responses: { 200: pong },
} as const;

/** Opens a host with one route that the compiler would refuse. */
const open = (getPong: object, service: object = { getPong: async () => ({ pong: true }) }) => {
  const contracts = [{ name: 'pongs', permissions: {}, routes: { getPong } as never }];
  const module: Module = { name: 'pongs', contracts, collections: {}, create: () => ({ service: service as never }) };
  return openTestHost({ modules: [module], datastore: fakeDatastore() });
};

describe('a host does not start', () => {
  it('with a route whose permission is in no catalogue', async () => {
    await expect(open({ ...route, auth: { policy: 'pongs:read' } })).rejects.toThrow(/pongs:read/);
  });

  it('with a route without auth', async () => {
    await expect(open({ ...route, auth: undefined })).rejects.toThrow();
  });

  it('with a route without an operation', async () => {
    await expect(open(route, {})).rejects.toThrow("no action serves the route 'getPong'");
  });

  it('with a route with two successes', () => {
    const getPong = { ...route, responses: { 200: pong, 201: pong } };
    const contract = { name: 'pongs', permissions: {}, routes: { getPong } };
    expect(() => implement(contract)({ getPong: async () => ({ pong: true }) })).toThrow('exactly one success');
  });

  it('with a deprecation that is not a date', async () => {
    await expect(open({ ...route, deprecated: { since: 'soon' } })).rejects.toThrow(
      "GET /v1/pongs is deprecated with 'soon', which is not a date. Write it as 2026-01-31.",
    );
  });

  it('with a deprecation that names no route', async () => {
    await expect(open({ ...route, deprecated: { since: '2026-01-01', replacedBy: 'getPing' } })).rejects.toThrow(
      "GET /v1/pongs is replaced by 'getPing', which no route is named.",
    );
  });

  it('with two operations of one name', async () => {
    const modules = [thingsModule, { ...thingsModule, name: 'more' }];
    await expect(openTestHost({ modules, datastore: fakeDatastore() })).rejects.toThrow("'createThing'");
  });

  it('with a reference whose error no route declares', () => {
    const actions = { getPong: () => async () => ({ pong: true }) };
    const contracts = [
      defineContract('pong', { permissions: {}, routes: { getPong: defineRoute({ ...route, path: '/v1/pong' }) } }),
    ] as const;
    const references = { parentId: { to: 'self', missing: 'parent-missing' } } as const;
    const pongs = defineCollection('pongs', Entity.extend({ parentId: z.string() }), {
      tenancy: 'tenant',
      indexes: {},
      references,
    });
    expect(() => defineModule({ name: 'pong', contracts, collections: { pongs }, actions })).toThrow(
      "names the error 'parent-missing', which no route declares",
    );
  });

  it('with a unique index whose error no route declares', () => {
    const contracts = [
      defineContract('pong', { permissions: {}, routes: { getPong: defineRoute({ ...route, path: '/v1/pong' }) } }),
    ] as const;
    const actions = { getPong: () => async () => ({ pong: true }) };
    expect(() => defineModule({ name: 'pong', contracts, collections: { things }, actions })).toThrow(
      "names the error 'name-taken', which no route declares",
    );
  });
});
