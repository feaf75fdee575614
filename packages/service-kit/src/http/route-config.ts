import type { RouteSpec } from '@plinth/contract-kit';
import type { HTTPMethods, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The contract of the route; the server does not start with a route that has none. */
    contract?: RouteSpec;
    /** Marks a route of the host itself, which needs no contract. */
    operational?: true;
    /** Marks a health check: never limited and never traced. */
    probe?: true;
  }
}

/** The methods of a read route. HEAD runs every hook of GET, and Node omits the body. */
export const readMethods: HTTPMethods[] = ['GET', 'HEAD'];

/** True for the route with which @fastify/cors responds to preflights. */
const isPreflight = (method: RouteOptions['method'], url: string): boolean => method === 'OPTIONS' && url === '*';

/** @throws for a route without a contract, because it has no access rule. */
export const assertContract = ({ method, url, config }: RouteOptions): void => {
  if (config?.contract || config?.operational || isPreflight(method, url)) return;
  throw new TypeError(
    `${String(method)} ${url} has no contract, so it has no access rule. Declare it with defineRoute, add it to a contract and implement its operation.`,
  );
};
