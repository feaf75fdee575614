import type { RouteSpec } from '@plinth/contract-kit';
import type { Action, CallInput } from '../core/index.ts';

/** `['orders', 'GET /v1/orders/:id', { id }]`: the domain, the route and the input. Each begins a family of keys. */
export type QueryKey = readonly [domain: string, route: string, input?: unknown, ...rest: unknown[]];

/** Returns the key of an action with its input, or of all its inputs, for `invalidateQueries` and the like. */
export const toKey = <R extends RouteSpec>(action: Action<R>, input?: CallInput<R>): QueryKey =>
  input === undefined ? [action.domain, action.route] : [action.domain, action.route, input];
