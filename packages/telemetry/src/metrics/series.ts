/**
 * The labels of a metric, each with every value that it may have. What is not listed here can never become a series, so
 * nothing that a caller sends can.
 */
export type Labels = { readonly [name: string]: readonly string[] };

/** One value of each label. */
export type ValuesOf<L extends Labels> = { readonly [N in keyof L]: L[N][number] };

/** A metric with more series than this is no metric, but a log. */
const seriesMax = 1000;

const combine = (labels: Labels): Record<string, string>[] =>
  Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );

/**
 * Every combination of the labels' values.
 * @throws when there are more than 1,000, or none.
 */
export const seriesOf = (metric: string, labels: Labels): readonly Readonly<Record<string, string>>[] => {
  const count = Object.values(labels).reduce((product, values) => product * values.length, 1);
  if (count < 1 || count > seriesMax) {
    throw new TypeError(
      `The labels of '${metric}' make ${count} series, and a metric has 1 to ${seriesMax}. Leave out a label, or values of it.`,
    );
  }
  return combine(labels);
};

/** The same text for the same values, whatever the order in which they are written. */
export const keyOf = (values: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1)));
