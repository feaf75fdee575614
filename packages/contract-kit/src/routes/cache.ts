import { classifiedFields } from '../schemas/data-class.ts';
import type { Cache, RouteSpec } from './route-spec.ts';

const maxAgeSecondsMax = 86_400;

/** Returns the reason why a route must not be cached as declared. The compiler reports most of these faults earlier. */
const findFault = (route: RouteSpec, { maxAgeSeconds, scope }: Cache): string | undefined => {
  const schema = route.responses[200];
  if (route.method !== 'GET' || route.stream || !schema) {
    return "is cached, which only a GET that returns 200 and is not a stream can be. Remove 'cache'.";
  }
  if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 0 || maxAgeSeconds > maxAgeSecondsMax) {
    return `is cached for ${maxAgeSeconds} seconds. Use a whole number from 0 to ${maxAgeSecondsMax}.`;
  }
  if (scope === 'public' && route.auth !== 'public') {
    return "is cached as 'public' and needs a credential. Cache it as 'private'.";
  }
  if ([...classifiedFields([schema]).values()].includes('secret')) {
    return "is cached, and its response holds a secret. Remove 'cache'.";
  }
  return undefined;
};

/**
 * The `Cache-Control` of a route's success, or undefined when it must not be cached.
 * @throws when the declaration of `cache` does not fit the route.
 */
export const toCacheControl = (route: RouteSpec): string | undefined => {
  const { method, path, cache } = route;
  if (!cache) return undefined;
  const fault = findFault(route, cache);
  if (fault !== undefined) throw new TypeError(`${method} ${path} ${fault}`);
  return `${cache.scope === 'public' ? 'public' : 'private'}, max-age=${cache.maxAgeSeconds}`;
};
