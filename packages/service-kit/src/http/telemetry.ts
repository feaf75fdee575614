import type { Contract, RouteSpec } from '@plinth/contract-kit';
import type { Datastore, Ids, Trace } from '@plinth/data-kit';
import {
  createRequestMetrics,
  type Metrics,
  type RequestMetrics,
  type RequestSpan,
  type RouteMetrics,
  type Sample,
  type Tracing,
} from '@plinth/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createTrace, getParentTrace } from './request-scope.ts';

/** A module as far as its routes are measured. */
type Measured = { readonly name: string; readonly contracts: readonly Contract[] };

export type TelemetryParts = {
  readonly modules: readonly Measured[];
  readonly ids: Ids;
  readonly metrics: Metrics;
  /** Left out: no trace is recorded. */
  readonly tracing?: Tracing | undefined;
};

/** What a request belongs to. */
export type Traced = { readonly trace: Trace; readonly span: RequestSpan | undefined };

export type RequestTelemetry = {
  /** A request has come. */
  begin(request: FastifyRequest): Traced;
  /** It has been answered, or its caller has gone. */
  end(request: FastifyRequest, reply: FastifyReply, outcome: Outcome): void;
  /** A connection that has brought no request has been answered. */
  refused(outcome: Outcome & { readonly code: string }): void;
};

export type Outcome = { readonly status: number; readonly durationMs: number };

/** Whatever has no route is one route, and what is no request has no method either. */
export const noRoute = 'none';
export const noMethod = 'none';

// Any word can be a method; these are the ones of which a count may tell.
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const methodOf = ({ method }: FastifyRequest): string => (methods.has(method) ? method : 'OTHER');

/** Finds the numbers of the route that a request has met. Those of contracts are made before the first request. */
const routesOf = (modules: readonly Measured[], requests: RequestMetrics) => {
  const ofContracts = new Map<RouteSpec, RouteMetrics>();
  for (const { name: module, contracts } of modules) {
    for (const route of contracts.flatMap(({ routes }) => Object.values(routes))) {
      ofContracts.set(route, requests.route({ module, method: route.method, route: route.path }));
    }
  }
  const ofHost = new Map<string, RouteMetrics>();
  const hostRoute = (method: string, route: string): RouteMetrics => {
    const key = `${method} ${route}`;
    const found = ofHost.get(key) ?? requests.route({ module: 'host', method, route });
    ofHost.set(key, found);
    return found;
  };
  const routeOf = (request: FastifyRequest): RouteMetrics => {
    const { contract, url = noRoute } = request.scope.config;
    return (contract && ofContracts.get(contract)) ?? hostRoute(methodOf(request), url);
  };
  return { routeOf, ofNone: () => hostRoute(noMethod, noRoute) };
};

/** The span of a request; none for those by which a host is watched, which are many and alike. */
const spanOf = (request: FastifyRequest, parent: Trace | undefined, { ids, tracing }: TelemetryParts): Traced => {
  const trace = parent ?? createTrace(request, ids);
  if (!tracing) return { trace, span: undefined };
  const { config, url: route = noRoute } = request.routeOptions;
  const call = { method: methodOf(request), route, trace, isJoined: parent !== undefined };
  const span = config.probe ? undefined : tracing.begin(call);
  // What is not recorded here is not recorded further on either.
  return { trace: span?.trace ?? { ...trace, sampled: false }, span };
};

const isReplay = ({ method }: FastifyRequest, reply: FastifyReply): boolean =>
  method !== 'GET' && reply.hasHeader('idempotency-replayed');

/** Measures requests by route and, where tracing is on, records their traces. */
export const requestTelemetryOf = (parts: TelemetryParts): RequestTelemetry => {
  const { modules, metrics } = parts;
  const requests = createRequestMetrics(metrics);
  const { routeOf, ofNone } = routesOf(modules, requests);
  const replays = metrics
    .counter('idempotency_replays_total', 'Calls that were given the stored answer to an earlier one with their key.')
    .of({});
  return {
    begin: (request) => {
      requests.begun();
      return spanOf(request, getParentTrace(request), parts);
    },
    end: (request, reply, { status, durationMs }) => {
      const { trace, span, code } = request.scope;
      const traceId = trace.sampled ? trace.traceId : undefined;
      routeOf(request).served({ status, ms: durationMs, code, traceId });
      if (isReplay(request, reply)) replays.add();
      span?.end({ status, code });
    },
    refused: ({ status, durationMs, code }) => {
      requests.begun();
      ofNone().served({ status, ms: durationMs, code });
    },
  };
};

/** Goes on with a request, below its span. */
export const goOn = ({ scope }: FastifyRequest, next: () => void): void => {
  if (scope.span) scope.span.within(next);
  else next();
};

/** Shows how the connections of the datastore are used, and what its modules commit. */
export const measureDatastore = (metrics: Metrics, datastore: Datastore): void => {
  const stats = datastore.stats?.bind(datastore);
  if (!stats) return;
  const gauge = (name: string, help: `${string}.`, of: keyof ReturnType<typeof stats>['pool']): void =>
    metrics.gauge(`mongodb_pool_${name}`, help, () => stats().pool[of]);
  gauge('connections', 'Connections to MongoDB that are open.', 'size');
  gauge('connections_max', 'Connections to one server of MongoDB that may be open.', 'sizeMax');
  gauge('connections_checked_out', 'Connections to MongoDB that are at work.', 'checkedOut');
  gauge('waiting', 'Commands that wait for a connection to MongoDB.', 'waiting');
  metrics.total(
    'mongodb_pool_check_outs_failed_total',
    'Commands that waited for a connection in vain.',
    () => stats().pool.failed,
  );
  const commits = (name: string, help: `${string}.`, of: 'groups' | 'sets' | 'splits'): void =>
    metrics.total(`mongodb_commit_${name}_total`, help, () =>
      stats().commits.map(({ module, ...counts }): Sample => ({ labels: { module }, value: counts[of] })),
    );
  commits('groups', 'Transactions for write sets that were ready together, be it one.', 'groups');
  commits('sets', 'Write sets in these transactions.', 'sets');
  commits('splits', 'Groups that failed as a whole, and whose parts were then tried by themselves.', 'splits');
};

/** Shows how many spans went out. */
export const measureTracing = (metrics: Metrics, { counts }: Tracing): void => {
  metrics.total('trace_spans_sent_total', 'Spans that the collector has taken.', () => counts().sent);
  metrics.total('trace_spans_lost_total', 'Spans that could not be sent to the collector.', () => counts().lost);
};
