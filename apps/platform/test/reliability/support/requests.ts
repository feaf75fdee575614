import type { RouteSpec } from '@plinth/contract-kit';
import { routes as allRoutes, pathOf, samplesOf } from '../../host.ts';
import { exchange, type WireHeader, type WireRequest } from './wire.ts';

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
  readonly headers?: readonly WireHeader[];
};

/** A request that a route takes; its body is one that no other request has. */
export const requestOf = (route: RouteSpec, parts: Parts = {}): WireRequest => {
  const { authorization, id = '', version = 1, key, headers = [] } = parts;
  made += 1;
  const body = route.body && JSON.stringify(samplesOf(route.body, 1, made)[0]);
  return {
    method: route.method,
    path: pathOf(route, id),
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
export const makeOne = async (port: number, authorization: string): Promise<string> => {
  const answer = await exchange(port, requestOf(creation, { authorization }));
  if (answer.status !== 201) throw new Error(`${creation.path} answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { id: string }).id;
};
