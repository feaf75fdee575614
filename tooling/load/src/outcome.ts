type Metric = {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
};

/** What is read of k6's summary. */
export type Summary = { readonly metrics: Readonly<Record<string, Metric>> };

export type Outcome = {
  /** Lines for people: a table, and a sentence for each bound that was broken. */
  readonly report: string;
  /** Bounds that were broken, as k6 names them. */
  readonly broken: readonly string[];
  /** People whose adding was acknowledged. */
  readonly added: number;
};

const digits = (value: number | undefined, count: number): string => (value === undefined ? '–' : value.toFixed(count));

const rowOf = ({ metrics }: Summary, scenario: 'reads' | 'writes'): string[] => {
  const of = (name: string) => metrics[`${name}{scenario:${scenario}}`]?.values ?? {};
  const { med, max, 'p(95)': p95, 'p(99)': p99 } = of('http_req_duration');
  const { count, rate } = of('http_reqs');
  const failed = of('http_req_failed')['rate'];
  return [
    scenario,
    digits(count, 0),
    digits(rate, 1),
    ...[med, p95, p99, max].map((value) => digits(value, 1)),
    failed === undefined ? '–' : `${(failed * 100).toFixed(2)} %`,
  ];
};

const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows
    .map((row) => widths.map((width, at) => (row[at] ?? '')[at === 0 ? 'padEnd' : 'padStart'](width)).join('  '))
    .join('\n');
};

/** Reads what k6 has written at the end of a run. */
export const outcomeOf = (summary: Summary): Outcome => {
  const broken = Object.entries(summary.metrics).flatMap(([name, { thresholds = {} }]) =>
    Object.entries(thresholds).flatMap(([bound, { ok }]) => (ok ? [] : [`${name} ${bound}`])),
  );
  const head = ['', 'requests', 'a second', 'p50 ms', 'p95 ms', 'p99 ms', 'most ms', 'failed'];
  const table = tableOf([head, rowOf(summary, 'reads'), rowOf(summary, 'writes')]);
  const dropped = summary.metrics['dropped_iterations']?.values['count'] ?? 0;
  const sentences = [
    ...(dropped > 0 ? [`${dropped} requests could not even be begun in time.`] : []),
    ...broken.map((bound) => `Broken: ${bound}`),
    ...(broken.length === 0 ? ['Every bound was kept.'] : []),
  ];
  return {
    report: `${table}\n\n${sentences.join('\n')}`,
    broken,
    added: summary.metrics['people_added']?.values['count'] ?? 0,
  };
};
