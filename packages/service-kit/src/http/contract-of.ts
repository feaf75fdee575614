import type { RouteSpec } from '@plinth/contract-kit';
import type { FastifyRequest, RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The contract of the route; without one a route does not boot. */
    contract?: RouteSpec;
    /** Why a route may stand outside the contracts. */
    operational?: true;
    /** By it a host is watched: it is served to everybody at any time, and leaves no trace. */
    probe?: true;
  }
}

export const contractOf = (request: FastifyRequest): RouteSpec | undefined => request.scope.config.contract;

/** The route by which preflights of browsers are answered. It does nothing else. */
const isPreflight = (method: RouteOptions['method'], url: string): boolean => method === 'OPTIONS' && url === '*';

/** Refuses to boot with a route that came without a contract: nobody would have said who may call it. */
export const assertContract = ({ method, url, config }: RouteOptions): void => {
  if (config?.contract || config?.operational || isPreflight(method, url)) return;
  throw new TypeError(
    `${String(method)} ${url} has no contract, so nobody has said who may call it. Declare it with defineRoute, put it into a contract and implement that.`,
  );
};
