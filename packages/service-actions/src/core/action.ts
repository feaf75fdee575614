import type { RouteSpec } from '@plinth/contract-kit';
import type { Api } from './api.ts';
import { call } from './call.ts';
import type { AnyInput } from './request.ts';
import type { ReadItems, RouteConstants } from './response.ts';
import type { CallArguments, CallOptions, Result, RouteName } from './types.ts';

// The compiler prints the names of these types when a generated file is older than its contract.
interface RunNpmRunBuild<Reason extends string> {
  readonly reason: Reason;
  readonly never: never;
}
interface RunNpmRunBuildForPublicRoute {
  readonly isPublic: true;
}
interface RunNpmRunBuildForStream {
  readonly readItems: ReadItems;
}

type PublicFlag<R extends RouteSpec> = R['auth'] extends 'public'
  ? RunNpmRunBuildForPublicRoute
  : { readonly isPublic?: RunNpmRunBuild<'The route needs a token.'> };
type Reader<R extends RouteSpec> = R extends { readonly stream: 'ndjson' }
  ? RunNpmRunBuildForStream
  : { readonly readItems?: RunNpmRunBuild<'The route is not a stream.'> };

/** The constants of a route. They do not compile when the contract has changed, because its types are those of the contract. */
type Constants<R extends RouteSpec> = {
  readonly name: RouteName<R> | RunNpmRunBuild<'The route has another method or path.'>;
  readonly domain: string;
} & PublicFlag<R> &
  Reader<R>;

/** The type of a route of a contract. */
export type RouteOf<C extends { readonly routes: object }, Name extends string> = Name extends keyof C['routes']
  ? C['routes'][Name]
  : RunNpmRunBuild<'The contract has no route of this name.'>;

/** The function of a route. It always resolves with a result, even when the connection fails. */
export type Action<R extends RouteSpec> = {
  (api: Api, ...args: CallArguments<R>): Promise<Result<R>>;
  /** `GET /v1/users/:id`. */
  readonly route: RouteName<R>;
  /** The domain whose data the route reads or changes. */
  readonly domain: string;
};

type AnyConstants = Omit<RouteConstants, 'method' | 'path'> & { readonly domain: string };

const create = ({ name, domain, ...flags }: AnyConstants) => {
  const [method = '', path = ''] = name.split(' ');
  const route = { ...flags, name, method, path };
  const action = (api: Api, input: AnyInput = {}, options: CallOptions = {}) => call({ api, route, input, options });
  return Object.assign(action, { route: name, domain });
};

/** Creates the function of a route from its constants, so that a browser downloads no schema. */
export const createAction = create as unknown as <R extends RouteSpec>(constants: Constants<R>) => Action<R>;
