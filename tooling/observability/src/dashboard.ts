import type { ObservedModule } from './modules.ts';
import { objectives, recordOf } from './objectives.ts';

type Target = { readonly expr: string; readonly legend: string };
type Panel = {
  readonly title: string;
  readonly description: string;
  /** A unit of Grafana. */
  readonly unit: string;
  readonly targets: readonly Target[];
  /** Lines above which it is bad. */
  readonly limits?: readonly number[];
};

const duration = 'http_server_request_duration_seconds';
const rate = (selector: string): string => `rate(${selector}[$__rate_interval])`;

const requestPanels = (own: string): readonly Panel[] => [
  {
    title: 'Requests',
    description: 'Requests a second, by route.',
    unit: 'reqps',
    targets: [
      { expr: `sum by (method, route) (${rate(`${duration}_count{${own}}`)})`, legend: '{{method}} {{route}}' },
    ],
  },
  {
    title: 'Errors',
    description: 'Requests a second that were answered with an error, by its code.',
    unit: 'reqps',
    targets: [
      { expr: `sum by (status, code) (${rate(`http_server_errors_total{${own}}`)})`, legend: '{{status}} {{code}}' },
    ],
  },
  {
    title: 'Durations of reads',
    description: 'Of all reads that were answered, streams excepted. The lines are the objectives of P95 and P99.',
    unit: 's',
    limits: [0.05, 0.5],
    targets: [50, 95, 99].map((quantile) => ({
      expr: `plinth:http_reads_seconds:p${quantile}_5m{${own}}`,
      legend: `P${quantile}`,
    })),
  },
  {
    title: 'P95 by route',
    description: 'A dot is a request whose trace was recorded.',
    unit: 's',
    targets: [
      {
        expr: `histogram_quantile(0.95, sum by (le, method, route) (${rate(`${duration}_bucket{${own}}`)}))`,
        legend: '{{method}} {{route}}',
      },
    ],
  },
];

const objectivePanels = (own: string): readonly Panel[] => [
  {
    title: 'Use of the budgets',
    description: 'How many times too fast the budget of each objective is used up; 1 uses up just all of it.',
    unit: 'none',
    limits: [1, 14.4],
    targets: objectives.flatMap((objective) =>
      ['1h', '6h'].map((window) => ({
        expr: `${recordOf(objective, window)}{${own}} / ${objective.budget}`,
        legend: `${objective.name.replaceAll('_', ' ')}, ${window}`,
      })),
    ),
  },
  {
    title: 'Commits',
    description: 'Write sets a second, transactions for them, and groups that had to be split.',
    unit: 'ops',
    targets: ['sets', 'groups', 'splits'].map((what) => ({
      expr: `sum(${rate(`mongodb_commit_${what}_total{${own}}`)})`,
      legend: what,
    })),
  },
];

const modulePanels = ({ name }: ObservedModule): readonly Panel[] => {
  const own = `module="${name}"`;
  return [...requestPanels(own), ...objectivePanels(own)];
};

const instance = 'instance=~"$instance"';

const hostPanels: readonly Panel[] = [
  {
    title: 'Requests in flight',
    unit: 'none',
    description: 'Requests that have come and are not answered yet.',
    targets: [{ expr: `http_server_requests_in_flight{${instance}}`, legend: '{{instance}}' }],
  },
  {
    title: 'Event loop',
    unit: 'percentunit',
    description: 'The part of the time in which it was at work.',
    targets: [{ expr: rate(`nodejs_eventloop_active_seconds_total{${instance}}`), legend: '{{instance}}' }],
  },
  {
    title: 'Event loop lag',
    unit: 's',
    description: 'How much later than it should a callback runs, P99 since the last reading.',
    targets: [{ expr: `nodejs_eventloop_lag_p99_seconds{${instance}}`, legend: '{{instance}}' }],
  },
  {
    title: 'CPU',
    unit: 'percentunit',
    description: 'In cores.',
    targets: [{ expr: rate(`process_cpu_seconds_total{${instance}}`), legend: '{{instance}}' }],
  },
  {
    title: 'Memory',
    unit: 'bytes',
    description: 'What the system has given, and what of it the heap uses.',
    targets: [
      { expr: `process_resident_memory_bytes{${instance}}`, legend: '{{instance}} resident' },
      { expr: `nodejs_heap_size_used_bytes{${instance}}`, legend: '{{instance}} heap' },
    ],
  },
  {
    title: 'Garbage collection',
    unit: 'percentunit',
    description: 'The part of the time that it took, by kind.',
    targets: [{ expr: `sum by (kind) (${rate(`nodejs_gc_duration_seconds_sum{${instance}}`)})`, legend: '{{kind}}' }],
  },
  {
    title: 'Connections to MongoDB',
    unit: 'none',
    description: 'Those that are open, those at work, and commands that wait for one.',
    targets: [
      { expr: `mongodb_pool_connections_max{${instance}}`, legend: '{{instance}} at most' },
      { expr: `mongodb_pool_connections{${instance}}`, legend: '{{instance}} open' },
      { expr: `mongodb_pool_connections_checked_out{${instance}}`, legend: '{{instance}} at work' },
      { expr: `mongodb_pool_waiting{${instance}}`, legend: '{{instance}} waiting' },
    ],
  },
  {
    title: 'Commands that got no connection',
    unit: 'ops',
    description: 'They were answered with 503.',
    targets: [{ expr: rate(`mongodb_pool_check_outs_failed_total{${instance}}`), legend: '{{instance}}' }],
  },
  {
    title: 'Repeated calls',
    unit: 'ops',
    description: 'Calls that were given the stored answer to an earlier one with their idempotency key.',
    targets: [{ expr: rate(`idempotency_replays_total{${instance}}`), legend: '{{instance}}' }],
  },
  {
    title: 'Spans',
    unit: 'ops',
    description: 'Spans that went out, and spans that the collector did not take. Nothing where tracing is off.',
    targets: ['sent', 'lost'].map((what) => ({
      expr: rate(`trace_spans_${what}_total{${instance}}`),
      legend: `{{instance}} ${what}`,
    })),
  },
];

const datasource = { type: 'prometheus', uid: '$datasource' };
const columns = 2;
const width = 24 / columns;
const height = 8;

const thresholdsOf = (limits: readonly number[]) => ({
  mode: 'absolute',
  steps: [
    { color: 'green', value: null },
    ...limits.map((value, at) => ({ color: at === 0 ? 'orange' : 'red', value })),
  ],
});

const rendered = ({ title, description, unit, targets, limits = [] }: Panel, at: number) => ({
  id: at + 1,
  type: 'timeseries',
  title,
  description,
  datasource,
  gridPos: { x: (at % columns) * width, y: Math.floor(at / columns) * height, w: width, h: height },
  fieldConfig: {
    defaults: {
      unit,
      min: 0,
      ...(limits.length > 0 && {
        custom: { thresholdsStyle: { mode: 'line' } },
        thresholds: thresholdsOf(limits),
      }),
    },
    overrides: [],
  },
  targets: targets.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource,
    expr,
    legendFormat: legend,
    exemplar: true,
  })),
});

const chosenInstance = {
  name: 'instance',
  type: 'query',
  datasource,
  query: 'label_values(http_server_requests_in_flight, instance)',
  refresh: 2,
  multi: true,
  includeAll: true,
  current: { text: 'All', value: '$__all' },
};

type Board = {
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly variables: object[];
};

const boardOf = ({ name, title, panels, variables }: Board): object => ({
  uid: `plinth-${name}`,
  title,
  tags: ['plinth'],
  schemaVersion: 39,
  editable: false,
  refresh: '30s',
  time: { from: 'now-3h', to: 'now' },
  templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }, ...variables] },
  panels: panels.map(rendered),
});

/** How a module does: its requests, its objectives and its commits. */
export const moduleDashboard = (module: ObservedModule): object =>
  boardOf({ name: module.name, title: `Plinth: ${module.name}`, panels: modulePanels(module), variables: [] });

/** How the processes do. */
export const hostDashboard: object = boardOf({
  name: 'host',
  title: 'Plinth: processes',
  panels: hostPanels,
  variables: [chosenInstance],
});
