import { createDurations, type Durations } from './durations.ts';
import type { Sample } from './metric.ts';
import type { Metrics } from './metrics.ts';

/** Where requests are counted. All of it comes from contracts and never from a request. */
export type RouteLabels = {
  /** The module that serves the route; `host` for what belongs to none. */
  readonly module: string;
  readonly method: string;
  /** The path of the contract, `/v1/users/:id`; `none` for whatever has no route. */
  readonly route: string;
};

/** A request that has been answered, or whose caller has gone. */
export type Served = {
  readonly status: number;
  readonly ms: number;
  /** The code of the error that it was answered with. */
  readonly code?: string | undefined;
  /** Where its trace is recorded. */
  readonly traceId?: string | undefined;
};

export type RouteMetrics = { served(request: Served): void };

export type RequestMetrics = {
  /** A request has come. Each is to be served once. */
  begun(): void;
  /** The numbers of one route, to be got once and kept. */
  route(labels: RouteLabels): RouteMetrics;
};

/** By the first digit of the status. */
const classes = [undefined, '1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const success = 2;
const failure = 5;

// Codes come from error books, so there are few; the bound is for a book that makes them up as it goes.
const codesMax = 200;

type Failures = { readonly status: number; readonly code: string; value: number };

const routeOf = (labels: RouteLabels, onServed: () => void) => {
  // Those that the objectives are measured by are there from the start, so that the first failure is seen as a rise.
  const byClass: (Durations | undefined)[] = classes.map((_, at) =>
    at === success || at === failure ? createDurations() : undefined,
  );
  const byCode = new Map<string, Failures>();
  const failed = (status: number, code: string): void => {
    const known = byCode.get(code);
    if (known) known.value += 1;
    else if (byCode.size < codesMax) byCode.set(code, { status, code, value: 1 });
  };
  return {
    served: ({ status, ms, code, traceId }: Served): void => {
      onServed();
      const at = Math.min(Math.max(Math.trunc(status / 100), 1), failure);
      (byClass[at] ??= createDurations()).observe(ms, traceId);
      if (code !== undefined) failed(status, code);
    },
    durations: (): Sample[] =>
      byClass.flatMap((durations, at) => durations?.read({ ...labels, status: classes[at] as string }) ?? []),
    errors: (): Sample[] =>
      [...byCode.values()].map(({ status, code, value }) => ({
        labels: { ...labels, status: String(status), code },
        value,
      })),
  };
};

/** Rate, errors and durations of requests, by route. */
export const createRequestMetrics = (metrics: Metrics): RequestMetrics => {
  const routes: ReturnType<typeof routeOf>[] = [];
  let inFlight = 0;
  metrics.add({
    name: 'http_server_request_duration_seconds',
    help: 'How long requests took, from their head to their answer, by route and class of status.',
    type: 'histogram',
    read: () => routes.flatMap(({ durations }) => durations()),
  });
  metrics.total(
    'http_server_errors_total',
    'Requests that were answered with an error, by route, status and the code of the error.',
    () => routes.flatMap(({ errors }) => errors()),
  );
  metrics.gauge('http_server_requests_in_flight', 'Requests that have come and are not answered yet.', () => inFlight);
  return {
    begun: () => void (inFlight += 1),
    route: (labels) => {
      const route = routeOf(labels, () => void (inFlight -= 1));
      routes.push(route);
      return route;
    },
  };
};
