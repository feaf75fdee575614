import { getSuccess, type RouteSpec } from '@plinth/contract-kit';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { contracts } from '../src/mock/contracts.ts';
import { createMock } from '../src/mock/index.ts';

const baseUrl = 'https://api.example';
const mock = createMock({ baseUrl });
const server = setupServer(...mock.handlers);
beforeAll(() => server.listen());
afterAll(() => server.close());
afterEach(() => mock.reset());

const routes = contracts.flatMap((contract) => Object.entries(contract.routes) as [string, RouteSpec][]);

/** The parameters of routes that require some. */
const queries: Readonly<Record<string, string>> = {
  searchProducts: '?text=tea',
  getSalesSummary: '?from=2026-01-01T00:00:00Z&to=2026-01-31T00:00:00Z',
};

const send = (route: Pick<RouteSpec, 'method' | 'body'>, path: string): Promise<Response> => {
  const [example] = ((route.body && z.globalRegistry.get(route.body))?.['examples'] ?? []) as readonly unknown[];
  return fetch(baseUrl + path, {
    method: route.method,
    headers: {
      authorization: 'Bearer demo',
      'if-match': '"1"',
      'idempotency-key': 'key',
      ...(example !== undefined && { 'content-type': 'application/json' }),
    },
    ...(example !== undefined && { body: JSON.stringify(example) }),
  });
};

const findCreation = (collection: string): RouteSpec | undefined =>
  routes.find(([, { method, path }]) => method === 'POST' && path === collection)?.[1];

/** Creates a resource in the collection of a route. @returns its id. */
const create = async (collection: string): Promise<string> => {
  const response = await send(findCreation(collection) as RouteSpec, collection);
  return ((await response.json()) as { id: string }).id;
};

const getCollection = ({ path }: RouteSpec): string | undefined => /^(.*)\/:/.exec(path)?.[1];

/** A mock has no resources that clients do not create, such as audit events. */
const isEmpty = (route: RouteSpec): boolean => {
  const collection = getCollection(route);
  return collection !== undefined && findCreation(collection) === undefined;
};

/** Returns the path of no resource. The parameters that are no UUID have an example. */
const toUnknownPath = ({ path, params }: RouteSpec): string =>
  path.replace(/:(\w+)/g, (_, name: string) => {
    const schema = (params as z.ZodObject).shape[name];
    const [example] = ((schema && z.globalRegistry.get(schema))?.['examples'] ?? []) as readonly string[];
    return example ?? '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
  });

it.each(routes.filter(([, route]) => isEmpty(route)))('%s of the mock finds nothing', async (_operationId, route) => {
  const response = await send(route, toUnknownPath(route));
  expect(response.status).toBe(404);
});

// A new domain is tested without a line here, unless a query of it has required parameters.
it.each(routes.filter(([, route]) => !isEmpty(route)))(
  '%s of the mock succeeds as its contract says',
  async (operationId, route) => {
    const collection = getCollection(route);
    const id = collection === undefined ? '' : await create(collection);
    if (route.path.endsWith('/restoration')) await send({ method: 'DELETE' }, `${collection}/${id}`);
    const response = await send(route, route.path.replace(/:\w+/, id) + (queries[operationId] ?? ''));
    const { status, schema } = getSuccess(route);
    const text = await response.text();
    expect(response.status, text).toBe(status);
    const data: unknown[] = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    for (const value of data) expect(z.safeParse(schema, value).error).toBeUndefined();
    expect(data).toHaveLength(status === 204 || route.stream ? 0 : 1);
  },
);
