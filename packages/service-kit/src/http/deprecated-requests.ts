import type { Contract, RouteSpec } from '@plinth/contract-kit';
import type { Metrics } from '@plinth/telemetry';
import type { FastifyRequest } from 'fastify';
import { getCaller } from './caller.ts';

type MeasuredModule = { readonly name: string; readonly contracts: readonly Contract[] };

/** A route has at most this many series of its own; the requests of other tenants are counted together. */
const tenantsMax = 100;

const others = 'other';

type RouteCounts = { readonly labels: Readonly<Record<string, string>>; readonly byTenant: Map<string, number> };

const createCounts = (modules: readonly MeasuredModule[]): ReadonlyMap<RouteSpec, RouteCounts> =>
  new Map(
    modules.flatMap(({ name, contracts }) =>
      contracts
        .flatMap(({ routes }) => Object.values(routes))
        .filter(({ deprecated }) => deprecated)
        .map((route) => {
          const labels = { module: name, method: route.method, route: route.path };
          return [route, { labels, byTenant: new Map<string, number>() }] as const;
        }),
    ),
  );

/**
 * Counts the requests to deprecated routes by tenant, so that operators see who still calls a route before its end. The tenant comes
 * from a verified token, so clients cannot create series.
 */
export const countDeprecatedRequests = (modules: readonly MeasuredModule[], metrics: Metrics) => {
  const counts = createCounts(modules);
  metrics.total({
    name: 'http_server_deprecated_requests_total',
    help: 'Requests to routes that will be removed, by the tenant that sent them.',
    labelNames: ['module', 'method', 'route', 'tenant'],
    read: () =>
      [...counts.values()].flatMap(({ labels, byTenant }) =>
        [...byTenant].map(([tenant, value]) => ({ labels: { ...labels, tenant }, value })),
      ),
  });
  return (request: FastifyRequest): void => {
    const { contract } = request.scope.config;
    const byTenant = contract && counts.get(contract)?.byTenant;
    if (!byTenant) return;
    const { tenant } = getCaller(request);
    const label = byTenant.has(tenant) || byTenant.size < tenantsMax ? tenant : others;
    byTenant.set(label, (byTenant.get(label) ?? 0) + 1);
  };
};
