import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFolder, run } from './files.ts';
import { findPrometheus } from './find-prometheus.ts';

let promtool = '';
beforeAll(async () => {
  ({ promtool } = await findPrometheus({ env: process.env, log: console.error }));
}, 180_000);

const dayMinutes = 1440;
const stepMinutes = 2;
const daySteps = dayMinutes / stepMinutes;

/** Events of two processes in each step of two minutes: `perStep` for a day, and `perStepLater` after it. */
const toSeries = (selector: string, perStep: number, perStepLater: number): object[] => {
  const [name, labels] = selector.split(/[{}]/);
  return ['a', 'b'].map((instance) => ({
    series: `${name}{${labels},instance="${instance}"}`,
    values: `0+${perStep}x${daySteps} ${perStep * daySteps + perStepLater}+${perStepLater}x30`,
  }));
};

const failures = (reason: string) => `sign_in_failures_total{reason="${reason}"}`;
const events = (event: string) => `security_events_total{event="${event}"}`;

type Case = { name: string; series: object[]; minutesLater?: number; alerts: string[] };

const cases: readonly Case[] = [
  { name: 'nothing for a few refused tokens', series: toSeries(failures('signature'), 1, 20), alerts: [] },
  {
    name: 'a ticket within a quarter of an hour for many refused tokens',
    series: toSeries(failures('signature'), 1, 200),
    alerts: ['PlinthSignInFailures'],
  },
  { name: 'nothing when they have ended', series: toSeries(failures('revoked'), 100, 0), alerts: [] },
  { name: 'nothing for as many as on every day', series: toSeries(failures('unknown-key'), 200, 220), alerts: [] },
  { name: 'nothing for tokens that have expired', series: toSeries(failures('expired'), 1, 1000), alerts: [] },
  { name: 'nothing for requests without a token', series: toSeries(failures('no-token'), 1, 1000), alerts: [] },
  {
    name: 'a ticket for many denied permissions',
    series: toSeries(events('permission-denied'), 1, 100),
    alerts: ['PlinthPermissionsDenied'],
  },
  { name: 'nothing for a few denied permissions', series: toSeries(events('permission-denied'), 1, 5), alerts: [] },
  {
    name: 'a ticket for many exports',
    series: toSeries(events('export-started'), 0, 1),
    alerts: ['PlinthExports'],
    minutesLater: 30,
  },
  {
    name: 'nothing for as many exports as always',
    series: toSeries(events('export-started'), 1, 1),
    alerts: [],
    minutesLater: 30,
  },
  {
    name: 'a ticket for a key that was added',
    series: toSeries(events('key-added'), 0, 1),
    alerts: ['PlinthKeysChanged'],
  },
  {
    name: 'a ticket for a key that was retired',
    series: toSeries(events('key-retired'), 0, 1),
    alerts: ['PlinthKeysChanged'],
  },
  { name: 'nothing for revocations', series: toSeries(events('tokens-revoked'), 1, 1000), alerts: [] },
];

const toRuleTest = ({ name, series, minutesLater = 15, alerts }: Case): object => ({
  name,
  interval: `${stepMinutes}m`,
  input_series: series,
  promql_expr_test: [
    {
      expr: 'sum by (alertname, severity) (ALERTS{alertstate="firing"})',
      eval_time: `${dayMinutes + minutesLater}m`,
      exp_samples: alerts.map((alert) => ({ labels: `{alertname="${alert}",severity="ticket"}`, value: 1 })),
    },
  ],
});

const toRuleTests = (tested: readonly Case[]): object => ({
  rule_files: ['rules/security.yaml'],
  evaluation_interval: '5m',
  tests: tested.map(toRuleTest),
});

describe('the rules of security events', () => {
  it('fire as each case says', async () => {
    const folder = await createFolder({ 'tests.yaml': toRuleTests(cases) });
    expect(await run(promtool, 'test', 'rules', `${folder}/tests.yaml`)).toMatchObject({ ok: true });
  });

  it.each([
    ['expired tokens among the refused ones', 'no-token|expired', 'no-token', 'nothing for tokens that have expired'],
    ['a larger bound', '> 1\n', '> 100\n', 'a ticket within a quarter of an hour for many refused tokens'],
    ['no comparison with the day before', '> 5 *', '>= 0 *', 'nothing for as many as on every day'],
    ['another event', 'export-started', 'export', 'a ticket for many exports'],
    ['added keys only', 'key-added|key-retired', 'key-added', 'a ticket for a key that was retired'],
  ])('with %s fail a case', async (_, right, wrong, noticedBy) => {
    const rules = await readFile(new URL('../rules/security.yaml', import.meta.url), 'utf8');
    expect(rules).toContain(right);
    const changed = rules.replaceAll(right, wrong);
    const noticing = toRuleTests(cases.filter(({ name }) => name === noticedBy));
    const folder = await createFolder({ 'tests.yaml': noticing, 'rules/security.yaml': changed });
    const { ok, output } = await run(promtool, 'test', 'rules', `${folder}/tests.yaml`);
    expect(output).toContain('FAILED');
    expect(ok).toBe(false);
  });
});
