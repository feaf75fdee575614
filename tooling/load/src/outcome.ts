type Metric = {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
};

/** The part of k6's summary that is read here. */
export type Summary = { readonly metrics: Readonly<Record<string, Metric>> };

export type Outcome = {
  /** A table, and a sentence for each crossed threshold. */
  readonly report: string;
  /** Thresholds that were crossed, as k6 names them. */
  readonly crossed: readonly string[];
  /** Users whose creation was acknowledged. */
  readonly created: number;
};

const digits = (value: number | undefined, count: number): string => (value === undefined ? '–' : value.toFixed(count));

const toRow = ({ metrics }: Summary, scenario: 'reads' | 'writes'): string[] => {
  const valuesOf = (name: string) => metrics[`${name}{scenario:${scenario}}`]?.values ?? {};
  const { med, max, 'p(95)': p95, 'p(99)': p99 } = valuesOf('http_req_duration');
  const { count, rate } = valuesOf('http_reqs');
  const failed = valuesOf('http_req_failed')['rate'];
  return [
    scenario,
    digits(count, 0),
    digits(rate, 1),
    ...[med, p95, p99, max].map((value) => digits(value, 1)),
    failed === undefined ? '–' : `${(failed * 100).toFixed(2)} %`,
  ];
};

const head = ['', 'requests', 'per second', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms', 'failed'];

/** Reads the summary that k6 writes at the end of a run. */
export const readOutcome = (summary: Summary): Outcome => {
  const crossed = Object.entries(summary.metrics).flatMap(([name, { thresholds = {} }]) =>
    Object.entries(thresholds).flatMap(([threshold, { ok }]) => (ok ? [] : [`${name} ${threshold}`])),
  );
  const rows = [head, toRow(summary, 'reads'), toRow(summary, 'writes')];
  const table = rows.map(([scenario = '', ...cells]) =>
    [scenario.padEnd(6), ...cells.map((cell, index) => cell.padStart(head[index + 1]?.length ?? 0))].join('  '),
  );
  const dropped = summary.metrics['dropped_iterations']?.values['count'] ?? 0;
  const sentences = [
    ...(dropped > 0 ? [`${dropped} requests could not start in time.`] : []),
    ...crossed.map((threshold) => `Crossed: ${threshold}`),
    ...(crossed.length === 0 ? ['Every threshold held.'] : []),
  ];
  return {
    report: `${table.join('\n')}\n\n${sentences.join('\n')}`,
    crossed,
    created: summary.metrics['users_created']?.values['count'] ?? 0,
  };
};
