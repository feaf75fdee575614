import { toCacheControl } from './cache.ts';
import type { ValidateRoute } from './check-route.ts';
import type { RouteSpec } from './route-spec.ts';

/**
 * Declares a route and returns it unchanged; the compiler checks the rules.
 * @throws for a declaration of `cache` that is not allowed and that the compiler cannot detect.
 */
export const defineRoute = <const R extends RouteSpec>(route: R & ValidateRoute<R>): R => {
  toCacheControl(route);
  return route;
};
