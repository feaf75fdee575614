import { toCacheControl } from './cache.ts';
import type { Check } from './check-route.ts';
import type { RouteSpec } from './route-spec.ts';

/**
 * Declares a route. What it is given is what it returns; the rules are checked by the compiler.
 * @throws when its answer must not be cached as it says, as far as the compiler could not tell.
 */
export const defineRoute = <const R extends RouteSpec>(route: R & Check<R>): R => {
  toCacheControl(route);
  return route;
};
