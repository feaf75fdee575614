/** A trace in which a value was seen, for who wants to know why it is what it is. */
export type Exemplar = {
  readonly traceId: string;
  /** In the unit of the metric. */
  readonly value: number;
  /** Epoch seconds. */
  readonly at: number;
};

/** One series of a metric and its value now. */
export type Sample = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** What follows the name; histograms have three kinds of series. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly exemplar?: Exemplar | undefined;
};

export type MetricType = 'counter' | 'gauge' | 'histogram';

/** Something that is measured. Nothing is kept in the form in which it is shown: `read` makes that when it is asked for. */
export type Metric = {
  /** Snake case with the unit last; a counter ends in `_total`. */
  readonly name: string;
  readonly help: Sentence;
  readonly type: MetricType;
  read(): readonly Sample[];
};

/** One sentence, with its full stop. */
export type Sentence = `${string}.`;
