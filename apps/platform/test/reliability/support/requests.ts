import type { RouteSpec } from '@plinth/contract-kit';
import { type RawHeader, type RawRequest, sendRawRequest } from '@plinth/testing';
import {
  routes as allRoutes,
  createAcceptedBodies,
  createKeyHeader,
  createSampleValues,
  creationRoutes,
  findReferences,
  toPath,
} from '../../host.ts';

/** All routes with their operation ids. */
export const routes: readonly (readonly [string, RouteSpec])[] = allRoutes;

/** Returns the route that creates the resource in `path`. */
const findCreationRoute = (path: string): RouteSpec | undefined =>
  creationRoutes.find((route) => `${path}/`.startsWith(`${route.path}/`));

/** The route that creates a user. */
export const creationRoute = findCreationRoute('/v1/users') as RouteSpec;

let requestCount = 0;

type RequestOptions = {
  readonly authorization?: string | undefined;
  /** The value of every path parameter. */
  readonly id?: string;
  readonly version?: number;
  /** By default a new key where the route requires one. */
  readonly key?: string;
  readonly headers?: readonly RawHeader[];
};

/** Creates a valid request for a route with a unique body. */
export const toRequest = (route: RouteSpec, options: RequestOptions = {}): RawRequest => {
  const { authorization, id = '', version = 1, key, headers = [] } = options;
  requestCount += 1;
  const body = route.body && JSON.stringify(createSampleValues(route.body, 1, requestCount)[0]);
  return {
    method: route.method,
    path: toPath(route, id),
    body,
    headers: [
      ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
      ...(body === undefined ? [] : [['Content-Type', 'application/json'] as const]),
      ...(route.method === 'GET' ? [] : [['If-Match', `"${version}"`] as const]),
      ...(key === undefined ? Object.entries(createKeyHeader(route)) : [['Idempotency-Key', key] as const]),
      ...headers,
    ],
  };
};

/** Creates the resources that a body of a route refers to. @returns their ids by the names of the fields. */
export const createReferences = async (
  port: number,
  authorization: string,
  route: RouteSpec,
): Promise<Readonly<Record<string, string>>> => {
  const ids: Record<string, string> = {};
  for (const [name, referred] of findReferences(route)) {
    ids[name] = await createResource(port, authorization, referred.path);
  }
  return ids;
};

/** Creates the resource that requests to `path` need, a user by default. @returns its id. */
export const createResource = async (
  port: number,
  authorization: string,
  path: string = creationRoute.path,
): Promise<string> => {
  const route = findCreationRoute(path) ?? creationRoute;
  const ids = await createReferences(port, authorization, route);
  const request = toRequest(route, { authorization });
  const [body] = createAcceptedBodies(route, { ids, batch: requestCount });
  const response = await sendRawRequest(port, { ...request, body: JSON.stringify(body) });
  if (![201, 202].includes(response.status))
    throw new Error(`${route.path} returned ${response.status}: ${response.text}`);
  return (JSON.parse(response.text) as { id: string }).id;
};
