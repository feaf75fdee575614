import type { ObservedModule } from './modules.ts';
import { burns, objectives } from './objectives.ts';
import { type AlertingRule, alertOf } from './rules.ts';

const everyTwoMinutes = '2m';

/** Some requests of every two minutes. */
type Traffic = {
  readonly method?: string;
  readonly status?: string;
  readonly module?: string;
  readonly route?: string;
  /** Of a thousand, how many take less than 50 ms, less than 500 ms, and how many there are. */
  readonly within50ms: number;
  readonly within500ms: number;
  readonly count: number;
  /** How often they come. Left out: all the time. */
  readonly times?: number;
};

type Case = {
  readonly name: string;
  readonly traffic: readonly Traffic[];
  readonly at: string;
  /** The alerts that are told, by their long window. */
  readonly told: Readonly<Record<string, readonly string[]>>;
};

const timesMax = 40;

const fast = (count: number, overrides: Partial<Traffic> = {}): Traffic => ({
  within50ms: count,
  within500ms: count,
  count,
  ...overrides,
});

const failed = (count: number, overrides: Partial<Traffic> = {}): Traffic =>
  fast(count, { status: '5xx', ...overrides });

const errorCases: readonly Case[] = [
  { name: 'a healthy module is left alone', traffic: [fast(1000), failed(0)], at: '1h', told: {} },
  { name: 'one failure of two thousand is within the objective', traffic: [fast(1999), failed(1)], at: '1h', told: {} },
  {
    name: 'two failures of a hundred wake somebody within the hour',
    traffic: [fast(980), failed(20)],
    at: '1h',
    told: { PlinthErrors: ['1h', '6h', '1d', '3d'] },
  },
  {
    name: 'two failures of a thousand can wait until the morning',
    traffic: [fast(998), failed(2)],
    at: '1h',
    told: { PlinthErrors: ['3d'] },
  },
  {
    name: 'the first alert ends soon after the failures have ended',
    traffic: [fast(980), failed(20, { times: 30 })],
    at: '1h10m',
    told: { PlinthErrors: ['6h', '1d', '3d'] },
  },
  {
    name: 'refusals are no failures of ours',
    traffic: [fast(500), failed(0), fast(500, { status: '4xx' })],
    at: '1h',
    told: {},
  },
  {
    name: 'failures of another module are not those of this one',
    traffic: [fast(1000), failed(0), failed(1000, { module: 'elsewhere' })],
    at: '1h',
    told: {},
  },
];

const readCases: readonly Case[] = [
  {
    name: 'a tenth of the reads beyond 50 ms misses the P95',
    traffic: [{ within50ms: 900, within500ms: 1000, count: 1000 }, failed(0)],
    at: '1h',
    told: { PlinthReadsSlow: ['3d'] },
  },
  {
    name: 'four fifths of the reads beyond 50 ms wake somebody',
    traffic: [{ within50ms: 200, within500ms: 1000, count: 1000 }, failed(0)],
    at: '1h',
    told: { PlinthReadsSlow: ['1h', '6h', '1d', '3d'] },
  },
  {
    name: 'two of a hundred reads beyond 500 ms miss the P99, and not the P95',
    traffic: [{ within50ms: 980, within500ms: 980, count: 1000 }, failed(0)],
    at: '1h',
    told: { PlinthReadsVerySlow: ['3d'] },
  },
  {
    name: 'writes may take their time',
    traffic: [fast(1000), failed(0), { method: 'POST', within50ms: 0, within500ms: 0, count: 1000 }],
    at: '1h',
    told: {},
  },
];

/** What a module must tell of, and what it must wake nobody for. */
const casesOf = ({ streams }: ObservedModule): readonly Case[] => [
  ...errorCases,
  ...readCases,
  ...streams.map(
    (route): Case => ({
      name: `what ${route} streams may take its time`,
      traffic: [fast(1000), failed(0), { route, within50ms: 0, within500ms: 0, count: 1000 }],
      at: '1h',
      told: {},
    }),
  ),
];

const seriesOf = (name: string, traffic: Traffic) => {
  const { method = 'GET', status = '2xx', module = name, route = '/v1/tested', times = timesMax } = traffic;
  const labels = `module="${module}",method="${method}",route="${route}",status="${status}"`;
  const series = (suffix: string, count: number) => ({
    series: `http_server_request_duration_seconds_${suffix}`,
    values: `0+${count}x${times} ${count * times}+0x${timesMax - times}`,
  });
  return [
    series(`bucket{${labels},le="0.05"}`, traffic.within50ms),
    series(`bucket{${labels},le="0.5"}`, traffic.within500ms),
    series(`bucket{${labels},le="+Inf"}`, traffic.count),
    series(`count{${labels}}`, traffic.count),
  ];
};

const expected = ({ labels, annotations }: AlertingRule) => ({ exp_labels: labels, exp_annotations: annotations });

/** The tests of a module's rules, for `promtool test rules`. */
export const ruleTestsOf = (module: ObservedModule): object => ({
  rule_files: [`${module.name}.yaml`],
  evaluation_interval: everyTwoMinutes,
  tests: casesOf(module).map(({ name, traffic, at, told }) => ({
    name,
    interval: everyTwoMinutes,
    input_series: traffic.flatMap((one) => seriesOf(module.name, one)),
    alert_rule_test: objectives.map((objective) => ({
      eval_time: at,
      alertname: objective.alert,
      exp_alerts: burns
        .filter(({ long }) => told[objective.alert]?.includes(long))
        .map((burn) => expected(alertOf(module, objective, burn))),
    })),
  })),
});
