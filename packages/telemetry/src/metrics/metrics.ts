import { Counter, Gauge, type OpenMetricsContentType, Registry } from 'prom-client';

/** The labels of a counter, each with all its values: nothing that a caller sends becomes a series. */
export type Labels = { readonly [name: string]: readonly string[] };

/** One value of each label. */
export type LabelValues<L extends Labels> = { readonly [N in keyof L]: L[N][number] };

/** OpenMetrics adds `_total` to the name of every counter. */
type CounterName = `${string}_total`;

type CounterOptions<L extends Labels> = { readonly name: CounterName; readonly help: string; readonly labels?: L };

export type LabeledCounter<L extends Labels> = {
  /** Returns one series, to be kept and incremented. */
  labels(values: LabelValues<L>): { inc(amount?: number): void };
};

/** One series and its value. */
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

type ReadOptions = {
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly read: () => number | readonly Sample[];
};

type GaugeOptions = ReadOptions & { readonly name: string };
type TotalOptions = ReadOptions & { readonly name: CounterName };

/** The metrics of a process or, in tests, of one host. */
export type Metrics = {
  readonly registry: Registry<OpenMetricsContentType>;
  /** Adds a counter. Every series exists from the start, with 0, so that its first rise is seen. */
  counter<const L extends Labels = Record<never, never>>(options: CounterOptions<L>): LabeledCounter<L>;
  /** Adds a value that rises and falls, read when the metrics are scraped. */
  gauge(options: GaugeOptions): void;
  /** Adds a counter of something that is counted elsewhere, read when the metrics are scraped. */
  total(options: TotalOptions): void;
};

/** Returns every combination of the values of the labels. */
const combine = (labels: Labels): Record<string, string>[] =>
  Object.entries(labels).reduce<Record<string, string>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );

/** Creates metrics in a separate registry, which shares nothing with other registries. */
export const createMetrics = (): Metrics => {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  return {
    registry,
    counter: <L extends Labels>({ name, help, labels = {} as L }: CounterOptions<L>): LabeledCounter<L> => {
      const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers });
      for (const values of combine(labels)) counter.inc(values, 0);
      return counter;
    },
    gauge: ({ name, help, labelNames = [], read }) => {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          const reading = read();
          this.reset();
          if (typeof reading === 'number') this.set(reading);
          else for (const { labels, value } of reading) this.set(labels, value);
        },
      });
    },
    total: ({ name, help, labelNames = [], read }) => {
      new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          const reading = read();
          this.reset();
          if (typeof reading === 'number') this.inc(reading);
          else for (const { labels, value } of reading) this.inc(labels, value);
        },
      });
    },
  };
};
