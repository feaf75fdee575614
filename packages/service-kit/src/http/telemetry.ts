import { randomUUID } from 'node:crypto';
import type { Contract, RouteSpec } from '@plinth/contract-kit';
import type { Datastore, Trace } from '@plinth/data-kit';
import {
  createRequestMetrics,
  type Metrics,
  parseTraceparent,
  type RequestMetrics,
  type RequestSpan,
  type RouteMetrics,
  type Tracing,
} from '@plinth/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { countDeprecatedRequests } from './deprecated-requests.ts';

/** A module whose routes are measured under its name. */
type MeasuredModule = { readonly name: string; readonly contracts: readonly Contract[] };

export type TelemetryDeps = {
  readonly modules: readonly MeasuredModule[];
  readonly metrics: Metrics;
  /** Without it no trace is recorded. */
  readonly tracing?: Tracing | undefined;
};

/** The trace of a request, and its span if the trace is recorded. */
export type Traced = { readonly trace: Trace; readonly span: RequestSpan | undefined };

export type Outcome = { readonly status: number; readonly durationMs: number };

export type RequestTelemetry = {
  /** Starts to measure a request that has been received. */
  begin(request: FastifyRequest): Traced;
  /** Ends the measurement of a request after its response, or when its client has disconnected. */
  end(request: FastifyRequest, reply: FastifyReply, outcome: Outcome): void;
  /** Counts the response to a connection that has sent no valid request. */
  refused(outcome: Outcome & { readonly code: string }): void;
};

/** The labels of requests without a route, and of connections without a valid request. */
export const noRoute = 'none';
export const noMethod = 'none';

// Clients choose the method, so only these become values of a label.
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const toMethodLabel = ({ method }: FastifyRequest): string => (methods.has(method) ? method : 'OTHER');

/** Finds the metrics of a request's route. Those of contracts are created before the first request. */
const createRouteLookup = (modules: readonly MeasuredModule[], requests: RequestMetrics) => {
  const contractRoutes = new Map<RouteSpec, RouteMetrics>();
  for (const { name: module, contracts } of modules) {
    for (const route of contracts.flatMap(({ routes }) => Object.values(routes))) {
      contractRoutes.set(route, requests.forRoute({ module, method: route.method, route: route.path }));
    }
  }
  const hostRoutes = new Map<string, RouteMetrics>();
  const getHostRoute = (method: string, route: string): RouteMetrics => {
    const key = `${method} ${route}`;
    const metrics = hostRoutes.get(key) ?? requests.forRoute({ module: 'host', method, route });
    hostRoutes.set(key, metrics);
    return metrics;
  };
  const getRoute = (request: FastifyRequest): RouteMetrics => {
    const { contract, url = noRoute } = request.scope.config;
    return (contract && contractRoutes.get(contract)) ?? getHostRoute(toMethodLabel(request), url);
  };
  return { getRoute, getNone: () => getHostRoute(noMethod, noRoute) };
};

/** Returns the W3C trace context of the client, if the request has a valid one. */
const getParentTrace = ({ headers }: FastifyRequest): Trace | undefined => {
  const header = headers['traceparent'];
  return typeof header === 'string' ? parseTraceparent(header) : undefined;
};

/** Starts a trace. A request id of our own doubles as the trace id. */
const createTrace = (request: FastifyRequest): Trace => {
  const id = request.id === request.headers['x-request-id'] ? randomUUID() : request.id;
  const traceId = id.replaceAll('-', '');
  return { traceId, spanId: traceId.slice(16), sampled: false };
};

/** Starts the span of a request. Probes have none, because they are frequent and all alike. */
const startSpan = (request: FastifyRequest, { tracing }: TelemetryDeps): Traced => {
  const parent = getParentTrace(request);
  const trace = parent ?? createTrace(request);
  if (!tracing) return { trace, span: undefined };
  const { config, url: route = noRoute } = request.routeOptions;
  const traced = { method: toMethodLabel(request), route, trace, isJoined: parent !== undefined };
  const span = config.probe ? undefined : tracing.startRequest(traced);
  // A trace that is not recorded here is not recorded by the services that this request calls either.
  return { trace: span?.trace ?? { ...trace, sampled: false }, span };
};

const isReplay = ({ method }: FastifyRequest, reply: FastifyReply): boolean =>
  method !== 'GET' && reply.hasHeader('idempotency-replayed');

/** Measures requests by route and, where tracing is on, records their traces. */
export const createRequestTelemetry = (deps: TelemetryDeps): RequestTelemetry => {
  const { modules, metrics } = deps;
  const requests = createRequestMetrics(metrics);
  const { getRoute, getNone } = createRouteLookup(modules, requests);
  const countDeprecated = countDeprecatedRequests(modules, metrics);
  const replays = metrics
    .counter({
      name: 'idempotency_replays_total',
      help: 'Requests that received the stored response of an earlier request with the same key.',
    })
    .labels({});
  return {
    begin: (request) => {
      requests.received();
      return startSpan(request, deps);
    },
    end: (request, reply, { status, durationMs }) => {
      const { trace, span, code } = request.scope;
      const traceId = trace.sampled ? trace.traceId : undefined;
      getRoute(request).served({ status, durationMs, code, traceId });
      countDeprecated(request);
      if (isReplay(request, reply)) replays.inc();
      span?.end({ status, code });
    },
    refused: (outcome) => {
      requests.received();
      getNone().served(outcome);
    },
  };
};

/** Runs `next` with the span of the request as the active span. */
export const runInSpan = ({ scope }: FastifyRequest, next: () => void): void => {
  if (scope.span) scope.span.run(next);
  else next();
};

/** Adds metrics of the datastore's connection pool and of the commits of its modules. */
export const measureDatastore = (metrics: Metrics, datastore: Datastore): void => {
  const stats = datastore.stats?.bind(datastore);
  if (!stats) return;
  const addGauge = (name: string, help: string, key: keyof ReturnType<typeof stats>['pool']): void =>
    metrics.gauge({ name: `mongodb_pool_${name}`, help, read: () => stats().pool[key] });
  addGauge('connections', 'Connections to MongoDB that are open.', 'size');
  addGauge('connections_max', 'Connections to one server of MongoDB that may be open.', 'sizeMax');
  addGauge('connections_checked_out', 'Connections to MongoDB that are in use.', 'checkedOut');
  addGauge('waiting', 'Commands that wait for a connection to MongoDB.', 'waiting');
  metrics.total({
    name: 'mongodb_pool_check_outs_failed_total',
    help: 'Commands that failed to get a connection.',
    read: () => stats().pool.failed,
  });
  const addTotal = (key: 'groups' | 'sets' | 'splits', help: string): void =>
    metrics.total({
      name: `mongodb_commit_${key}_total`,
      help,
      labelNames: ['module'],
      read: () => stats().commits.map(({ module, ...counts }) => ({ labels: { module }, value: counts[key] })),
    });
  addTotal('groups', 'Transactions, each of one write set or of several that were ready at the same time.');
  addTotal('sets', 'Write sets in these transactions.');
  addTotal('splits', 'Transactions of several write sets that failed and were repeated without some of them.');
};

/** Adds metrics of the spans that are exported or lost. */
export const measureTracing = (metrics: Metrics, { counts }: Tracing): void => {
  metrics.total({
    name: 'trace_spans_sent_total',
    help: 'Spans that the collector has accepted.',
    read: () => counts().sent,
  });
  metrics.total({
    name: 'trace_spans_lost_total',
    help: 'Spans that were dropped or that the collector has not accepted.',
    read: () => counts().lost,
  });
};
