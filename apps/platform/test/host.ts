import { type RouteSpec, requiresIdempotencyKey } from '@plinth/contract-kit';
import { openTestDatastore } from '@plinth/mongo/testing';
import { listContractOwners } from '@plinth/service-kit';
import { type Caller, openTestHost } from '@plinth/service-kit/testing';
import { createArbitrary, createId, getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import { z } from 'zod';
import { modules } from '../src/modules.ts';
import { getExample } from './derived/support/routes.ts';
import { listNames, listPaths, replaceAt } from './derived/support/values.ts';
import { localPorts } from './local-ports.ts';

export type Route =
  (typeof modules)[number]['contracts'][number]['routes'][keyof (typeof modules)[number]['contracts'][number]['routes']];

/** Every route of the product with its operation id. */
export const routes: readonly (readonly [string, Route])[] = listContractOwners(modules).flatMap(({ contracts }) =>
  contracts.flatMap((contract) => Object.entries(contract.routes) as [string, Route][]),
);

/** Opens all modules on a new database. */
export const openPlatform = async () => {
  const datastore = await openTestDatastore();
  return { datastore, host: await openTestHost({ modules, localPorts, datastore }) };
};

/** Creates valid values of a schema, the same for the same seed and `batch`. */
export const createSampleValues = (schema: z.core.$ZodType, count: number, batch = 0): object[] =>
  (fc.sample(createArbitrary(schema), { numRuns: count, seed: getSeed() + batch }) as Fields[]).map((sample) =>
    withoutReferences(schema, sample),
  );

/** Leaves out ids that the example does not have: they name resources that do not exist, such as a custom role. */
const withoutReferences = (schema: z.core.$ZodType, sample: Fields): Fields => {
  const example: Fields = getExample(schema);
  const kept = Object.fromEntries(Object.entries(sample).filter(([name]) => !name.endsWith('Id') || name in example));
  const repaired = Object.entries(example).map(([name, value]) => ({ ...kept, [name]: value }));
  return [kept, ...repaired].find((body) => z.safeParse(schema, body).success) ?? sample;
};

/** Replaces the parameters of a path by an id. */
export const toPath = (route: { readonly path: string }, id: string): string =>
  route.path.replace(/:\w+/g, encodeURIComponent(id));

/** Returns a new idempotency key as a header, for a route that requires one. */
export const createKeyHeader = (route: RouteSpec): Readonly<Record<string, string>> =>
  requiresIdempotencyKey(route) ? { 'idempotency-key': createId() } : {};

type Fields = Readonly<Record<string, unknown>>;
type Ids = Readonly<Record<string, string>>;

/** The routes that create a resource of their own. */
export const creationRoutes: readonly RouteSpec[] = routes
  .map(([, route]): RouteSpec => route)
  .filter(({ method, params, body }) => method === 'POST' && body !== undefined && params === undefined);

/** Returns the routes that create what a body refers to, by the names of its fields: `productId` is of `POST /v1/products`. */
export const findReferences = (route: RouteSpec): readonly (readonly [name: string, route: RouteSpec])[] =>
  [...new Set(listNames(getExample(route.body)))].flatMap((name) => {
    const referred = creationRoutes.find(({ path }) => name.endsWith('Id') && path === `/v1/${name.slice(0, -2)}s`);
    return referred ? [[name, referred] as const] : [];
  });

const withIds = (value: unknown, ids: Ids): unknown => {
  if (Array.isArray(value)) return value.map((item) => withIds(item, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, ids[name] ?? withIds(field, ids)]));
};

/** Adds a suffix to each text, where the schema allows it: some, such as a code, are unique, and short random ones may be equal. */
const withUniqueTexts = ({ body: schema }: RouteSpec, body: Fields, suffix: string): Fields =>
  listPaths(body).reduce((unique: Fields, path) => {
    const text = path.reduce<unknown>((value, name) => (value as Record<string | number, unknown>)[name], unique);
    if (typeof text !== 'string') return unique;
    const changed = replaceAt(unique, path, text + suffix) as Fields;
    return schema && z.safeParse(schema, changed).success ? changed : unique;
  }, body);

/**
 * Creates bodies that a new tenant accepts. They have the fields of the example: numbers and objects as they are, so that sums and stocks
 * fit, and random texts. A body that refers to other resources is the example with `ids`.
 */
export const createAcceptedBodies = (route: RouteSpec, { ids = {}, count = 1, batch = 0 } = {}): object[] => {
  const example = getExample(route.body);
  const samples = route.body ? createSampleValues(route.body, count, batch) : [];
  return samples.map((sample, index) => {
    if (findReferences(route).length > 0) return withIds(example, ids) as object;
    const texts = Object.entries(sample).filter(([name]) => typeof example[name] === 'string');
    // A text may be valid only with a field that the example does not have.
    const body = texts.reduce((fields: Fields, [name, text]) => {
      const changed = { ...fields, [name]: text };
      return route.body && z.safeParse(route.body, changed).success ? changed : fields;
    }, example);
    return withUniqueTexts(route, body, `-${batch}-${index}`);
  });
};

/** Calls the routes that create resources with accepted bodies. @returns the ids of the resources. */
export const createSamples = async (caller: Caller, count: number): Promise<string[]> => {
  const ids: string[] = [];
  const first = new Map<RouteSpec, string>();
  const referringLast = creationRoutes.toSorted(
    (left, right) => findReferences(left).length - findReferences(right).length,
  );
  for (const route of referringLast) {
    const references = Object.fromEntries(
      findReferences(route).map(([name, referred]) => [name, first.get(referred) ?? '']),
    );
    const bodies = createAcceptedBodies(route, { ids: references, count });
    const responses = await Promise.all(bodies.map((body) => caller.post(route.path, body, createKeyHeader(route))));
    const created = responses
      .filter(({ status }) => status === 201 || status === 202)
      .map(({ body }) => String(body.id));
    expect(created, route.path).not.toEqual([]);
    first.set(route, created[0] as string);
    ids.push(...created);
  }
  return ids;
};

export type { Caller };
