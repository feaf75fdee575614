import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFolder, run } from './files.ts';
import { findPrometheus } from './find-prometheus.ts';

let promtool = '';
beforeAll(async () => {
  ({ promtool } = await findPrometheus({ env: process.env, log: console.error }));
}, 180_000);

/** The values of a metric, one a minute, in promtool's notation. */
type Values = string;

type Backlog = {
  instance?: string;
  module?: string;
  ready?: Values;
  dead?: Values;
  ageSeconds?: Values;
  paused?: Values;
  lagSeconds?: Values;
  breaker?: Values;
};

const toSeries = ({ instance = 'a', module = 'orders', lagSeconds, breaker, ...backlog }: Backlog): object[] => {
  const { ready, dead, ageSeconds, paused } = backlog;
  const metrics = {
    messages_ready: ready,
    messages_dead: dead,
    messages_oldest_age_seconds: ageSeconds,
    consumers_paused: paused,
  };
  const labels = `module="${module}",consumer="customers",instance="${instance}"`;
  const lag = `journal_reader_lag_seconds{module="${module}",reader="relay",instance="${instance}"}`;
  return [
    ...Object.entries(metrics).map(([name, values = '0x90']) => ({ series: `${name}{${labels}}`, values })),
    ...(breaker ? [{ series: `outbound_breaker_state{target="stripe",instance="${instance}"}`, values: breaker }] : []),
    ...(lagSeconds ? [{ series: lag, values: lagSeconds }] : []),
  ];
};

const ends = '0x20 stale';
const ended = { ready: ends, dead: ends, ageSeconds: ends, paused: ends };

/** `at` is the minute at which the rules are evaluated, by default 60. */
type Case = { name: string; backlogs: Backlog[]; at?: number; alerts: string[] };

const cases: readonly Case[] = [
  { name: 'nothing for two idle workers', backlogs: [{}, { instance: 'b' }], alerts: [] },
  { name: 'nothing for many messages that are handled in time', backlogs: [{ ready: '5000x90' }], alerts: [] },
  {
    name: 'a ticket for a dead message, once for two workers',
    backlogs: [{ dead: '1x90' }, { instance: 'b', dead: '1x90' }],
    alerts: ['PlinthMessagesDead ticket orders'],
  },
  {
    name: 'nothing for a dead message that an operator has made ready within minutes',
    backlogs: [{ dead: '0x50 1x3 0x30' }],
    at: 57,
    alerts: [],
  },
  {
    name: 'a page when the oldest message waits ever longer',
    backlogs: [{ ageSeconds: '0+60x90' }],
    at: 11,
    alerts: ['PlinthMessagesLate page orders'],
  },
  {
    name: 'a page for the module that is late, and for no other',
    backlogs: [{ ageSeconds: '400x90' }, { module: 'users', ageSeconds: '299x90' }],
    alerts: ['PlinthMessagesLate page orders'],
  },
  {
    name: 'nothing for a message that has waited for its last attempt',
    backlogs: [{ ageSeconds: '0x40 60+60x8 0x40' }],
    at: 49,
    alerts: [],
  },
  {
    name: 'a ticket for a consumer that is paused for an hour, and no page for its messages',
    backlogs: [{ ageSeconds: '0+60x90', paused: '1x90' }, { instance: 'b' }],
    at: 61,
    alerts: ['PlinthConsumerPaused ticket orders'],
  },
  {
    name: 'nothing for a consumer that is paused for half an hour',
    backlogs: [{ ageSeconds: '0+60x30 0x60', paused: '1x30 0x60' }],
    at: 31,
    alerts: [],
  },
  {
    name: 'a page for a reader of a journal that is an hour behind, once for two workers',
    backlogs: [{ lagSeconds: '3601x90' }, { instance: 'b', lagSeconds: '3601x90' }],
    alerts: ['PlinthJournalReaderLate page orders'],
  },
  { name: 'nothing for a reader that catches up', backlogs: [{ lagSeconds: '4000x8 30x90' }], at: 9, alerts: [] },
  {
    name: 'a page for a breaker that stays open, also when it tries again each minute, once for two workers',
    backlogs: [{ breaker: '2x10 1 2x10 1 2x90' }, { instance: 'b', breaker: '2x90' }],
    at: 20,
    alerts: ['PlinthTargetUnreachable page'],
  },
  {
    name: 'nothing for a breaker that was open for two minutes',
    backlogs: [{ breaker: '0x5 2x2 0x60' }],
    at: 11,
    alerts: [],
  },
  { name: 'a page when no worker has ever run', backlogs: [], at: 6, alerts: ['PlinthWorkerGone page'] },
  {
    name: 'a page when no worker is left, for all modules and for the one that had consumers',
    backlogs: [ended],
    at: 70,
    alerts: ['PlinthWorkerGone page', 'PlinthWorkerGone page orders'],
  },
  {
    name: 'nothing while a worker restarts',
    backlogs: [ended, { instance: 'b', ready: '_x23 0x60' }],
    at: 22,
    alerts: [],
  },
  { name: 'nothing when one of two workers ends', backlogs: [ended, { instance: 'b' }], at: 70, alerts: [] },
  {
    name: 'a page for a module that no worker runs any more',
    backlogs: [{ ...ended, module: 'users' }, {}],
    at: 70,
    alerts: ['PlinthWorkerGone page users'],
  },
];

const toRuleTest = ({ name, backlogs, at = 60, alerts }: Case): object => ({
  name,
  interval: '1m',
  input_series: backlogs.flatMap(toSeries),
  promql_expr_test: [
    {
      expr: 'count by (alertname, severity, module) (ALERTS{alertstate="firing"})',
      eval_time: `${at}m`,
      exp_samples: alerts.map((alert) => {
        const [alertname, severity, module] = alert.split(' ');
        const labels = [
          `alertname="${alertname}"`,
          `severity="${severity}"`,
          ...(module ? [`module="${module}"`] : []),
        ];
        return { labels: `{${labels.join()}}`, value: 1 };
      }),
    },
  ],
});

const toRuleTests = (tested: readonly Case[]): object => ({
  rule_files: ['rules/worker.yaml'],
  evaluation_interval: '1m',
  tests: tested.map(toRuleTest),
});

describe('the rules of workers', () => {
  it('fire as each case says', async () => {
    const folder = await createFolder({ 'tests.yaml': toRuleTests(cases) });
    expect(await run(promtool, 'test', 'rules', `${folder}/tests.yaml`)).toEqual({
      ok: true,
      output: expect.any(String),
    });
  });

  it.each([
    ['a larger bound of lag', '> 300', '> 3000', 'a page when the oldest message waits ever longer'],
    [
      'a page in spite of a pause',
      'unless max by (module, consumer) (consumers_paused)',
      'unless max by (module, consumer) (messages_dead)',
      'a ticket for a consumer that is paused for an hour, and no page for its messages',
    ],
    ['no time to recover', 'for: 5m', 'for: 0m', 'nothing for a message that has waited for its last attempt'],
    ['no time to restart', 'for: 5m', 'for: 0m', 'nothing while a worker restarts'],
    [
      'one alert a worker',
      'max by (module, consumer) (messages_dead)',
      'messages_dead',
      'a ticket for a dead message, once for two workers',
    ],
    [
      'a larger bound of a reader',
      '> 3600',
      '> 36000',
      'a page for a reader of a journal that is an hour behind, once for two workers',
    ],
    ['no absence', 'absent(messages_ready)', 'vector(0) > 1', 'a page when no worker has ever run'],
    [
      'another module',
      'unless count by (module)',
      'unless on () count by (module)',
      'a page for a module that no worker runs any more',
    ],
    ['every dead message', '(messages_dead) > 0', '(messages_dead) >= 0', 'nothing for two idle workers'],
  ])('with %s fail a case', async (_, right, wrong, noticedBy) => {
    const rules = await readFile(new URL('../rules/worker.yaml', import.meta.url), 'utf8');
    expect(rules).toContain(right);
    const noticing = cases.filter(({ name }) => name === noticedBy);
    expect(noticing).toHaveLength(1);
    const folder = await createFolder({
      'tests.yaml': toRuleTests(noticing),
      'rules/worker.yaml': rules.replaceAll(right, wrong),
    });
    const { ok, output } = await run(promtool, 'test', 'rules', `${folder}/tests.yaml`);
    expect(output).toContain('FAILED');
    expect(ok).toBe(false);
  });
});
