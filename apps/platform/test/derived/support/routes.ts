import type { RouteSpec } from '@plinth/contract-kit';
import { listContractOwners, type Module } from '@plinth/service-kit';
import { z } from 'zod';

/** A route with its operation id and its module. */
export type NamedRoute = { readonly module: string; readonly operationId: string; readonly route: RouteSpec };

/** Returns every route of modules. */
export const listRoutes = (modules: readonly Module[]): NamedRoute[] =>
  listContractOwners(modules).flatMap(({ name: module, contracts }) =>
    contracts.flatMap(({ routes }) =>
      Object.entries(routes).map(([operationId, route]) => ({ module, operationId, route })),
    ),
  );

/** Returns the first example of a schema. */
export const getExample = (schema: RouteSpec['body']): Readonly<Record<string, unknown>> =>
  (((schema && z.globalRegistry.get(schema))?.['examples'] ?? []) as Readonly<Record<string, unknown>>[])[0] ?? {};
