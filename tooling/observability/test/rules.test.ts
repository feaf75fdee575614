import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFolder, getExpressions, run } from './files.ts';
import { findPrometheus } from './find-prometheus.ts';

let promtool = '';
beforeAll(async () => {
  ({ promtool } = await findPrometheus({ env: process.env, log: console.error }));
}, 180_000);

const minutes = 2;
/** Divides the minute `at` of each case, and is below five minutes, after which Prometheus regards a sample as stale. */
const evaluationMinutes = 4;
const stepsMax = 200;

/** Requests in each step of two minutes. Without `durations`, each takes less than 50 ms. */
type Traffic = {
  method?: string;
  status?: string;
  module?: string;
  route?: string;
  count: number;
  durations?: { within50ms: number; within500ms: number };
  /** The steps after which they begin and end. */
  from?: number;
  to?: number;
};

function toSeries({ count, durations, from = 0, to = stepsMax, ...labels }: Traffic): object[] {
  const { module = 'users', method = 'GET', route = '/v1/tested', status = '2xx' } = labels;
  const selector = `module="${module}",method="${method}",route="${route}",status="${status}"`;
  const series = (name: string, value: number): object => ({
    series: `http_server_request_duration_seconds_${name}`,
    // promtool's notation: `<start>+<step>x<count>`, here zero until `from`, then growing, then constant after `to`.
    values: `${from > 0 ? `0x${from - 1} ` : ''}0+${value}x${to - from} ${value * (to - from)}x${stepsMax - to}`,
  });
  return [
    series(`bucket{${selector},le="0.05"}`, durations?.within50ms ?? count),
    series(`bucket{${selector},le="0.5"}`, durations?.within500ms ?? count),
    series(`count{${selector}}`, count),
  ];
}

const ok: Traffic = { count: 1000 };
const failed = (count: number, more: Partial<Traffic> = {}): Traffic => ({ count, status: '5xx', ...more });
const slow = { within50ms: 0, within500ms: 0 };

/** `at` is the minute at which the rules are evaluated, by default 60. */
type Case = { name: string; traffic: Traffic[]; at?: number; alerts: string[] };
const cases: readonly Case[] = [
  { name: 'nothing for a healthy module', traffic: [ok, failed(0)], alerts: [] },
  { name: 'nothing for one failure of two thousand', traffic: [{ count: 1999 }, failed(1)], alerts: [] },
  {
    name: 'a page within minutes when a tenth of the requests fails after healthy hours',
    traffic: [ok, failed(111, { from: 180, to: 186 })],
    at: 372,
    alerts: ['PlinthErrors page users', 'PlinthErrors ticket users'],
  },
  {
    name: 'a page within the hour for one failure of a hundred',
    traffic: [{ count: 990 }, failed(10)],
    alerts: ['PlinthErrors page users', 'PlinthErrors ticket users'],
  },
  {
    name: 'a ticket for two failures of a thousand',
    traffic: [{ count: 998 }, failed(2)],
    alerts: ['PlinthErrors ticket users'],
  },
  {
    name: 'only the ticket half an hour after the failures have ended',
    traffic: [{ count: 980 }, failed(20, { to: 30 })],
    at: 96,
    alerts: ['PlinthErrors ticket users'],
  },
  { name: 'nothing for refusals', traffic: [ok, failed(0), { count: 500, status: '4xx' }], alerts: [] },
  {
    name: 'alerts of the module that fails, and of no other',
    traffic: [ok, failed(0), { ...ok, module: 'orders' }, failed(1000, { module: 'orders' })],
    alerts: ['PlinthErrors page orders', 'PlinthErrors ticket orders'],
  },
  {
    name: 'nothing for the health checks of a host',
    traffic: [ok, failed(0), failed(1000, { module: 'host', route: '/health/ready' })],
    alerts: [],
  },
  {
    name: 'a ticket for a tenth of the reads beyond 50 ms',
    traffic: [{ count: 1000, durations: { within50ms: 900, within500ms: 1000 } }, failed(0)],
    alerts: ['PlinthReadsSlow ticket users'],
  },
  {
    name: 'a page for four fifths of the reads beyond 50 ms',
    traffic: [{ count: 1000, durations: { within50ms: 200, within500ms: 1000 } }, failed(0)],
    alerts: ['PlinthReadsSlow page users', 'PlinthReadsSlow ticket users'],
  },
  {
    name: 'a ticket for two of a hundred reads beyond 500 ms, which miss the P99 and not the P95',
    traffic: [{ count: 1000, durations: { within50ms: 980, within500ms: 980 } }, failed(0)],
    alerts: ['PlinthReadsVerySlow ticket users'],
  },
  {
    name: 'nothing for slow writes',
    traffic: [ok, failed(0), { count: 1000, method: 'POST', durations: slow }],
    alerts: [],
  },
  {
    name: 'nothing for streams',
    traffic: [ok, failed(0), { count: 1000, route: '/v1/users/export', durations: slow }],
    alerts: [],
  },
];

/** The input of `promtool test rules`. */
const toRuleTest = ({ name, traffic, at = 60, alerts }: Case): object => ({
  name,
  interval: `${minutes}m`,
  input_series: traffic.flatMap(toSeries),
  promql_expr_test: [
    {
      expr: 'sum by (alertname, severity, module) (ALERTS{alertstate="firing"})',
      eval_time: `${at}m`,
      exp_samples: alerts.map((alert) => {
        const [alertname, severity, module] = alert.split(' ');
        return { labels: `{alertname="${alertname}",module="${module}",severity="${severity}"}`, value: 1 };
      }),
    },
  ],
});

const toRuleTests = (tested: readonly Case[]): object => ({
  rule_files: ['rules/modules.yaml'],
  evaluation_interval: `${evaluationMinutes}m`,
  tests: tested.map(toRuleTest),
});

describe('the rules of modules', () => {
  it('fire as each case says', async () => {
    const folder = await createFolder({ 'tests.yaml': toRuleTests(cases) });
    expect(await run(promtool, 'test', 'rules', `${folder}/tests.yaml`)).toMatchObject({ ok: true });
  });

  it.each([
    [
      'a budget ten times as large',
      '> 0.0144',
      '> 0.144',
      'a page within minutes when a tenth of the requests fails after healthy hours',
    ],
    ['another bound', 'le="0.05"', 'le="0.5"', 'a ticket for a tenth of the reads beyond 50 ms'],
    [
      'the other windows',
      'ratio_rate5m >',
      'ratio_rate3d >',
      'a page within minutes when a tenth of the requests fails after healthy hours',
    ],
    ['writes among the reads', 'method="GET",', '', 'nothing for slow writes'],
    ['health checks among the requests', 'module!="host"', '', 'nothing for the health checks of a host'],
  ])('with %s fail a case', async (_, right, wrong, noticedBy) => {
    const rules = await readFile(new URL('../rules/modules.yaml', import.meta.url), 'utf8');
    expect(rules).toContain(right);
    const folder = await createFolder({
      'tests.yaml': toRuleTests(cases.filter(({ name }) => name === noticedBy)),
      'rules/modules.yaml': rules.replaceAll(right, wrong),
    });
    const { ok: passes, output } = await run(promtool, 'test', 'rules', `${folder}/tests.yaml`);
    expect(output).toContain('FAILED');
    expect(passes).toBe(false);
  });
});

it.each(['host', 'modules', 'security', 'worker'])('Prometheus accepts the rules of %s', async (name) => {
  const folder = await createFolder();
  expect(await run(promtool, 'check', 'rules', `${folder}/rules/${name}.yaml`)).toMatchObject({ ok: true });
});

it.each(['host', 'module', 'worker'])('Prometheus accepts the expressions of the dashboard %s', async (name) => {
  const text = await readFile(new URL(`../dashboards/${name}.json`, import.meta.url), 'utf8');
  const rules = getExpressions(text).map((expr, index) => ({ record: `panel:${index}`, expr }));
  expect(rules.length).toBeGreaterThan(0);
  const folder = await createFolder({ 'panels.yaml': { groups: [{ name: 'panels', rules }] } });
  expect(await run(promtool, 'check', 'rules', `${folder}/panels.yaml`)).toMatchObject({ ok: true });
});

it('every stream of the API has the path of an export, which the rules leave out of durations', async () => {
  const text = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');
  const { paths } = JSON.parse(text) as {
    paths: Record<string, { get?: { responses: Record<string, { content?: Record<string, unknown> }> } }>;
  };
  const streams = Object.keys(paths).filter(
    (path) => paths[path]?.get?.responses['200']?.content?.['application/x-ndjson'],
  );
  expect(streams.length).toBeGreaterThan(0);
  expect(Object.keys(paths).filter((path) => /^(.*\/export|.*-exports\/.*)$/.test(path))).toEqual(streams);
});
