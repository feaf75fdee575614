import { z } from 'zod';
import { getSuccess, type RouteSpec } from './route-spec.ts';

/** True for a route that changes a resource, and so requires the version on which the change is based. */
export const requiresVersion = ({ method }: RouteSpec): boolean =>
  method === 'PATCH' || method === 'PUT' || method === 'DELETE';

/** True for a route whose response has a version, and so an `ETag`. */
export const hasVersion = (route: RouteSpec): boolean => {
  const { schema } = getSuccess(route);
  return !route.stream && schema instanceof z.ZodObject && 'version' in schema.shape;
};

/** True for a route that accepts an `Idempotency-Key`: it writes, and the key belongs to an authenticated user. */
export const acceptsIdempotencyKey = ({ method, auth }: RouteSpec): boolean => method !== 'GET' && auth !== 'public';

/** True for a route that refuses a request without a key: by default a POST, which takes effect again when it is repeated. */
export const requiresIdempotencyKey = (route: RouteSpec): boolean =>
  acceptsIdempotencyKey(route) &&
  (route.idempotency ?? (route.method === 'POST' ? 'required' : 'optional')) === 'required';

/** True for a route that reads and writes documents of the platform's own tenant, for every caller. */
export const isOfPlatform = ({ auth, tenant }: RouteSpec): boolean => auth === 'identity' || tenant === 'platform';
