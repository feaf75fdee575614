import { classifiedFields } from '../schemas/data-class.ts';
import type { Cache, RouteSpec } from './route-spec.ts';

const maxAgeSecondsMax = 86_400;

/** What is wrong with the caching of a route, in a sentence. The compiler says most of it first. */
const faultOf = (route: RouteSpec, { maxAgeSeconds, scope }: Cache): string | undefined => {
  const schema = route.responses[200];
  if (route.method !== 'GET' || route.stream || !schema) {
    return "is cached, and only a GET that answers with 200, not as a stream, can be. Remove 'cache'.";
  }
  if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 0 || maxAgeSeconds > maxAgeSecondsMax) {
    return `is cached for ${maxAgeSeconds} seconds. Give a whole number from 0 to ${maxAgeSecondsMax}.`;
  }
  if (scope === 'public' && route.auth !== 'public') {
    return "is cached as 'public' and answers by credential. Cache it as 'private'.";
  }
  if ([...classifiedFields([schema]).values()].includes('secret')) {
    return "is cached, and its answer holds a secret. Remove 'cache'.";
  }
  return undefined;
};

/**
 * The `Cache-Control` of a route's answer to a success; none where nobody may keep it.
 * @throws when the route is none whose answer may be kept, or not for so long, or not by so many.
 */
export const toCacheControl = (route: RouteSpec): string | undefined => {
  const { method, path, cache } = route;
  if (!cache) return undefined;
  const fault = faultOf(route, cache);
  if (fault !== undefined) throw new TypeError(`${method} ${path} ${fault}`);
  return `${cache.scope === 'public' ? 'public' : 'private'}, max-age=${cache.maxAgeSeconds}`;
};
