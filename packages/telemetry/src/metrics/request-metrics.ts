import { Counter, Gauge, Histogram } from 'prom-client';
import type { Metrics } from './metrics.ts';

/** The route that a request is counted under. All values come from contracts and never from a request. */
export type RouteLabels = {
  /** The module that serves the route; `host` for routes that belong to none. */
  readonly module: string;
  readonly method: string;
  /** The path of the contract, `/v1/users/:id`; `none` for a request without a route. */
  readonly route: string;
};

/** A request whose response has ended, or whose client has disconnected. */
export type ServedRequest = {
  readonly status: number;
  readonly durationMs: number;
  /** The code of the error in the response. */
  readonly code?: string | undefined;
  /** The trace of the request, if it is recorded. */
  readonly traceId?: string | undefined;
};

export type RouteMetrics = { served(request: ServedRequest): void };

export type RequestMetrics = {
  /** Counts a request that has been received. Each must be counted by `served` once. */
  received(): void;
  /** Returns the metrics of one route, to be kept. */
  forRoute(labels: RouteLabels): RouteMetrics;
};

/** In seconds. Service level objectives name 50 and 500 ms: a histogram counts exactly at its bounds only. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const getClassIndex = (status: number): number => Math.min(Math.max(Math.trunc(status / 100), 1), 5) - 1;

// Codes come from error catalogues, so there are few. The limit is for a catalogue that creates codes from values.
const codesMax = 200;

const createPromMetrics = ({ registry }: Metrics) => {
  const registers = [registry];
  return {
    // Without the type argument, the labels of an exemplar could only be those of the metric.
    durations: new Histogram<string>({
      name: 'http_server_request_duration_seconds',
      help: 'Time from the headers of a request to the end of its response, by route and class of status.',
      labelNames: ['module', 'method', 'route', 'status'],
      buckets,
      enableExemplars: true,
      registers,
    }),
    errors: new Counter({
      name: 'http_server_errors_total',
      help: 'Requests that failed, by route, status and error code.',
      labelNames: ['module', 'method', 'route', 'status', 'code'],
      registers,
    }),
    inFlight: new Gauge({
      name: 'http_server_requests_in_flight',
      help: 'Requests in progress.',
      registers,
    }),
  };
};

type PromMetrics = ReturnType<typeof createPromMetrics>;

const createErrorCounter = (labels: RouteLabels, errors: PromMetrics['errors']) => {
  const series = new Map<string, ReturnType<typeof errors.labels>>();
  return (status: number, code: string): void => {
    const key = `${status} ${code}`;
    const known = series.get(key);
    if (known) return known.inc();
    if (series.size >= codesMax) return;
    const added = errors.labels({ ...labels, status: String(status), code });
    series.set(key, added);
    added.inc();
  };
};

const createRouteMetrics = (labels: RouteLabels, { durations, errors, inFlight }: PromMetrics): RouteMetrics => {
  // The objectives are measured by these series: they exist from the start, so that the first failure is seen as a rise.
  for (const status of ['2xx', '5xx']) durations.zero({ ...labels, status });
  const series = statusClasses.map((status) => {
    const withStatus = { ...labels, status };
    const { observe } = durations.labels(withStatus);
    return (value: number, traceId: string | undefined): void =>
      traceId === undefined
        ? observe(value)
        : durations.observe({ labels: withStatus, value, exemplarLabels: { trace_id: traceId } });
  });
  const countError = createErrorCounter(labels, errors);
  return {
    served: ({ status, durationMs, code, traceId }) => {
      inFlight.dec();
      series[getClassIndex(status)]?.(durationMs / 1000, traceId);
      if (code !== undefined) countError(status, code);
    },
  };
};

/** Adds rate, errors and durations of requests, by route. */
export const createRequestMetrics = (metrics: Metrics): RequestMetrics => {
  const promMetrics = createPromMetrics(metrics);
  return {
    received: () => promMetrics.inFlight.inc(),
    forRoute: (labels) => createRouteMetrics(labels, promMetrics),
  };
};
