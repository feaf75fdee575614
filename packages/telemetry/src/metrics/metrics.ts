import type { Metric, MetricType, Sample, Sentence } from './metric.ts';
import { keyOf, type Labels, seriesOf, type ValuesOf } from './series.ts';

/** One series of a counter. To be got once and kept: then counting is an addition. */
export type Count = {
  /** @param amount 1 unless it is given; never negative. */
  add(amount?: number): void;
};

export type Counter<L extends Labels> = {
  /** @throws for a value that the labels do not list. */
  of(values: ValuesOf<L>): Count;
};

/** What is read when somebody asks: a number, or one for each series. */
export type Reading = number | readonly Sample[];

/** The metrics of one process or, in tests, of one host. */
export type Metrics = {
  /**
   * How often something happened. Every series is there from the start, with 0, so that its first rise is seen.
   * @throws when the name is taken or does not end in `_total`, and when the labels make too many series.
   */
  counter<const L extends Labels = Record<never, never>>(name: string, help: Sentence, labels?: L): Counter<L>;
  /** What rises and falls. */
  gauge(name: string, help: Sentence, read: () => Reading): void;
  /** How often something happened, where that is counted elsewhere. */
  total(name: string, help: Sentence, read: () => Reading): void;
  /** A metric that keeps its own numbers. @throws when the name is taken or is not one. */
  add(metric: Metric): void;
  /** Every metric, in the order in which they were added. */
  all(): readonly Metric[];
};

const wellFormed = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

const assertName = ({ name, type }: Metric): void => {
  if (!wellFormed.test(name)) throw new TypeError(`'${name}' is no name for a metric: use snake_case.`);
  if ((type === 'counter') !== name.endsWith('_total')) {
    throw new TypeError(`'${name}' is a ${type}: the names of counters end in _total, and no others do.`);
  }
};

const samplesOf = (reading: Reading): readonly Sample[] =>
  typeof reading === 'number' ? [{ labels: {}, value: reading }] : reading;

type Slot = { readonly labels: Readonly<Record<string, string>>; value: number };

const counterOf = <L extends Labels>(name: string, labels: L): Counter<L> & Pick<Metric, 'read'> => {
  const slots = new Map(
    seriesOf(name, labels).map((values): [string, Slot] => [keyOf(values), { labels: values, value: 0 }]),
  );
  return {
    of: (values) => {
      const slot = slots.get(keyOf(values));
      if (!slot) throw new TypeError(`'${name}' has no series ${JSON.stringify(values)}: list its values as labels.`);
      return { add: (amount = 1) => void (slot.value += amount) };
    },
    read: () => [...slots.values()],
  };
};

/** Metrics of their own: nothing is shared with another call, and nothing runs until somebody reads. */
export const createMetrics = (): Metrics => {
  const all = new Map<string, Metric>();
  const add = (metric: Metric): void => {
    assertName(metric);
    if (all.has(metric.name)) throw new TypeError(`Two metrics are called '${metric.name}'. Rename one.`);
    all.set(metric.name, metric);
  };
  const reader = (type: MetricType) => (name: string, help: Sentence, read: () => Reading) =>
    add({ name, help, type, read: () => samplesOf(read()) });
  return {
    counter: <const L extends Labels = Record<never, never>>(name: string, help: Sentence, labels = {} as L) => {
      const counter = counterOf(name, labels);
      add({ name, help, type: 'counter', read: counter.read });
      return counter;
    },
    gauge: reader('gauge'),
    total: reader('counter'),
    add,
    all: () => [...all.values()],
  };
};
