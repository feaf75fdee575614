import type { RouteSpec } from '@plinth/contract-kit';
import { openTestDatastore } from '@plinth/mongo/testing';
import { type Caller, openTestHost } from '@plinth/service-kit/testing';
import { createArbitrary, getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { z } from 'zod';
import { modules } from '../src/modules.ts';

export type Route =
  (typeof modules)[number]['contracts'][number]['routes'][keyof (typeof modules)[number]['contracts'][number]['routes']];

/** Every route of the product with its operation id. */
export const routes: readonly (readonly [string, Route])[] = modules.flatMap(({ contracts }) =>
  contracts.flatMap((contract) => Object.entries(contract.routes) as [string, Route][]),
);

/** Opens all modules on a new database. */
export const openPlatform = async () => {
  const datastore = await openTestDatastore();
  return { datastore, host: await openTestHost({ modules, datastore }) };
};

/** Creates valid values of a schema, the same for the same seed and `batch`. */
export const createSampleValues = (schema: z.ZodType, count: number, batch = 0): object[] =>
  fc.sample(createArbitrary(schema), { numRuns: count, seed: getSeed() + batch }) as object[];

/** Replaces the parameters of a path by an id. */
export const toPath = (route: { readonly path: string }, id: string): string =>
  route.path.replace(/:\w+/g, encodeURIComponent(id));

/** Calls the routes that create resources with sample bodies. @returns the ids of the resources. */
export const createSamples = async (caller: Caller, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (const [, route] of routes as readonly (readonly [string, RouteSpec])[]) {
    if (route.method !== 'POST' || !route.body || route.params) continue;
    const bodies = createSampleValues(route.body, count);
    const responses = await Promise.all(bodies.map((body) => caller.post(route.path, body)));
    const created = responses.filter(({ status }) => status === 201);
    expect(created).not.toEqual([]);
    ids.push(...created.map(({ body }) => body.id));
  }
  return ids;
};

export type { Caller };
