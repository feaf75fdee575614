import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import { platformTenantId } from '@plinth/data-kit';
import type { FastifyRequest } from 'fastify';

/** Removes the port that some proxies write behind an address: `203.0.113.7:4711`, `[2001:db8::7]:4711`. */
const withoutPort = (address: string): string =>
  address.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');

/** The client network of a request: an IPv4 address, or the /64 network of an IPv6 address. */
export const getNetwork = (request: FastifyRequest): string => {
  // A client that has disconnected has no address, and a trusted proxy may send an invalid one.
  const address = withoutPort(request.ip ?? '');
  return isIP(address) ? normalizeIP(address) : 'unknown';
};

/** The holders of a limit: a user and its tenant, or the client network of a request that is not authenticated. */
export type Caller = { readonly user: string; readonly tenant: string };

export const getCaller = (request: FastifyRequest): Caller => {
  const actor = request.scope.ctx?.actor;
  return actor?.id
    ? // Identities without an organization share no limit.
      { user: `${actor.tenantId} ${actor.id}`, tenant: actor.tenantId === platformTenantId ? actor.id : actor.tenantId }
    : { user: getNetwork(request), tenant: 'anonymous' };
};
