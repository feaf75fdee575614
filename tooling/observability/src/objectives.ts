import type { ObservedModule } from './modules.ts';

/** What a module promises: a part of its requests, at most, is bad. */
export type Objective = {
  /** Part of the names of the recorded series. */
  readonly name: string;
  readonly alert: string;
  /** The part of the requests that may be bad. */
  readonly budget: number;
  readonly promise: string;
  /** An expression for the part that was bad within a window, such as `5m`. */
  readonly badIn: (module: ObservedModule, window: string) => string;
};

const requests = 'http_server_request_duration_seconds';

/** Reads that were answered, and not those of streams. */
export const readsOf = ({ name, streams }: ObservedModule): string =>
  [`module="${name}"`, 'method="GET"', 'status!="5xx"', ...streams.map((path) => `route!="${path}"`)].join(',');

const slowerThan =
  (seconds: string): Objective['badIn'] =>
  (module, window) => {
    const fast = `sum(rate(${requests}_bucket{${readsOf(module)},le="${seconds}"}[${window}]))`;
    return `1 - ${fast} / sum(rate(${requests}_count{${readsOf(module)}}[${window}]))`;
  };

/** The objectives of every module. A P95 below 50 ms is a budget of 5 % for reads that take longer. */
export const objectives: readonly Objective[] = [
  {
    name: 'errors',
    alert: 'PlinthErrors',
    budget: 0.001,
    promise: 'fewer than 0.1 % of the requests are answered with a failure of ours (5xx)',
    badIn: ({ name }, window) =>
      `sum(rate(${requests}_count{module="${name}",status="5xx"}[${window}])) / sum(rate(${requests}_count{module="${name}"}[${window}]))`,
  },
  {
    name: 'reads_slower_than_50ms',
    alert: 'PlinthReadsSlow',
    budget: 0.05,
    promise: 'the P95 of reads is below 50 ms',
    badIn: slowerThan('0.05'),
  },
  {
    name: 'reads_slower_than_500ms',
    alert: 'PlinthReadsVerySlow',
    budget: 0.01,
    promise: 'the P99 of reads is below 500 ms',
    badIn: slowerThan('0.5'),
  },
];

/**
 * When to tell: the budget of 30 days is being used up so many times too fast, in a long window, because it matters, and in
 * a short one, because it goes on. 14.4 uses 2 % of it within an hour.
 */
export const burns = [
  { long: '1h', short: '5m', times: 14.4, severity: 'page' },
  { long: '6h', short: '30m', times: 6, severity: 'page' },
  { long: '1d', short: '2h', times: 3, severity: 'ticket' },
  { long: '3d', short: '6h', times: 1, severity: 'ticket' },
] as const;

export type Burn = (typeof burns)[number];

/** Every window that some alert looks at, from the shortest on. */
export const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

/** The series in which the bad part of a window is recorded. */
export const recordOf = ({ name }: Objective, window: string): string => `plinth:http_${name}:ratio_rate${window}`;
