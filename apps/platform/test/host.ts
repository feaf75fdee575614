import { openTestDatastore } from '@plinth/mongo/testing';
import { type Caller, openTestHost } from '@plinth/service-kit/testing';
import { arbitraryOf, seed } from '@plinth/testing';
import fc from 'fast-check';
import type { z } from 'zod';
import { modules } from '../src/modules.ts';

export type Route =
  (typeof modules)[number]['contracts'][number]['routes'][keyof (typeof modules)[number]['contracts'][number]['routes']];

/** Every route of the product with its operation id. */
export const routes: readonly (readonly [string, Route])[] = modules.flatMap(({ contracts }) =>
  contracts.flatMap((contract) => Object.entries(contract.routes) as [string, Route][]),
);

/** The whole product on databases of its own. */
export const openPlatform = async () => {
  const datastore = await openTestDatastore();
  return { datastore, host: await openTestHost({ modules, datastore }) };
};

/** Values that a schema takes, the same for the same seed; another `batch` gives others. */
export const samplesOf = (schema: z.ZodType, count: number, batch = 0): object[] =>
  fc.sample(arbitraryOf(schema), { numRuns: count, seed: seed + batch }) as object[];

/** The path of a route with ids in the place of its parameters. */
export const pathOf = (route: { readonly path: string }, id: string): string =>
  route.path.replace(/:\w+/g, encodeURIComponent(id));

export type { Caller };
