import type { RouteSpec } from '@plinth/contract-kit';
import { type RawHeader, type RawRequest, sendRawRequest } from '@plinth/testing';
import { routes as allRoutes, createSampleValues, toPath } from '../../host.ts';

/** Every route of the product with its operation id. */
export const routes: readonly (readonly [string, RouteSpec])[] = allRoutes;

/** The route by which something is made that others are about. */
export const creation: RouteSpec = routes.map(([, route]) => route).find(isCreation) as RouteSpec;

function isCreation({ method, path }: RouteSpec): boolean {
  return method === 'POST' && !path.includes(':');
}

let made = 0;

type Parts = {
  readonly authorization?: string | undefined;
  /** Stands in the place of the path's parameters. */
  readonly id?: string;
  readonly version?: number;
  readonly key?: string;
  readonly headers?: readonly RawHeader[];
};

/** A request that a route takes; its body is one that no other request has. */
export const toRequest = (route: RouteSpec, parts: Parts = {}): RawRequest => {
  const { authorization, id = '', version = 1, key, headers = [] } = parts;
  made += 1;
  const body = route.body && JSON.stringify(createSampleValues(route.body, 1, made)[0]);
  return {
    method: route.method,
    path: toPath(route, id),
    body,
    headers: [
      ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
      ...(body === undefined ? [] : [['Content-Type', 'application/json'] as const]),
      ...(route.method === 'GET' ? [] : [['If-Match', `"${version}"`] as const]),
      ...(key === undefined ? [] : [['Idempotency-Key', key] as const]),
      ...headers,
    ],
  };
};

/** Makes something that others can be about. @returns its id. */
export const createResource = async (port: number, authorization: string): Promise<string> => {
  const response = await sendRawRequest(port, toRequest(creation, { authorization }));
  if (response.status !== 201) throw new Error(`${creation.path} answered ${response.status}: ${response.text}`);
  return (JSON.parse(response.text) as { id: string }).id;
};
