import type { ObservedModule } from './modules.ts';
import { type Burn, burns, type Objective, objectives, readsOf, recordOf, windows } from './objectives.ts';

export type RecordingRule = {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
};

export type AlertingRule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

export type RuleGroup = { readonly name: string; readonly rules: readonly (RecordingRule | AlertingRule)[] };
export type RuleFile = { readonly groups: readonly RuleGroup[] };

const recordings = (module: ObservedModule): RecordingRule[] => [
  ...objectives.flatMap((objective) =>
    windows.map((window) => ({
      record: recordOf(objective, window),
      expr: objective.badIn(module, window),
      labels: { module: module.name },
    })),
  ),
  ...[0.5, 0.95, 0.99].map((quantile) => ({
    record: `plinth:http_reads_seconds:p${quantile * 100}_5m`,
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(http_server_request_duration_seconds_bucket{${readsOf(module)}}[5m])))`,
    labels: { module: module.name },
  })),
];

// 14.4 times 0.05 is 0.7200000000000001.
const rounded = (value: number): number => Number(value.toPrecision(6));

export const alertOf = (module: ObservedModule, objective: Objective, burn: Burn): AlertingRule => {
  const { long, short, times, severity } = burn;
  const selector = `{module="${module.name}"} > ${rounded(objective.budget * times)}`;
  return {
    alert: objective.alert,
    expr: `${recordOf(objective, long)}${selector} and ${recordOf(objective, short)}${selector}`,
    labels: { module: module.name, severity, window: long },
    annotations: {
      summary: `${module.name} is about to break an objective: ${objective.promise}`,
      description: `More than ${rounded(objective.budget * times * 100)} % of the requests of ${long} broke it, and of the last ${short} as well. That is ${times} × the rate that 30 days allow.`,
      runbook: 'docs/observability.md',
    },
  };
};

/** Records how far a module is from its objectives, and tells when it will miss one. */
export const rulesOf = (module: ObservedModule): RuleFile => ({
  groups: [
    { name: `plinth-${module.name}-objectives`, rules: recordings(module) },
    {
      name: `plinth-${module.name}-alerts`,
      rules: objectives.flatMap((objective) => burns.map((burn) => alertOf(module, objective, burn))),
    },
  ],
});

const hostAlert = (alert: string, expr: string, [summary, description]: readonly [string, string]): AlertingRule => ({
  alert,
  expr,
  for: '10m',
  labels: { severity: 'ticket' },
  annotations: { summary, description, runbook: 'docs/observability.md' },
});

/** What every process can run short of. */
export const hostAlerts: readonly AlertingRule[] = [
  hostAlert('PlinthEventLoopBusy', 'rate(nodejs_eventloop_active_seconds_total[5m]) > 0.85', [
    'A process has little time left',
    'Its event loop was at work for more than 85 % of the time. Run more instances.',
  ]),
  hostAlert('PlinthPoolShort', 'rate(mongodb_pool_check_outs_failed_total[5m]) > 0', [
    'Commands wait for a connection to MongoDB in vain',
    'Look for slow queries first, then raise MONGODB_POOL_SIZE or run more instances.',
  ]),
  hostAlert('PlinthSpansLost', 'rate(trace_spans_lost_total[5m]) > 0', [
    'Spans do not reach the collector',
    'Check OTEL_EXPORTER_OTLP_ENDPOINT and that the collector answers. Requests are served meanwhile.',
  ]),
];

export const hostRules: RuleFile = { groups: [{ name: 'plinth-host-alerts', rules: hostAlerts }] };
