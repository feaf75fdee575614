import type { Metrics, Sample } from '../metrics/metrics.ts';

/** A series of a metric; a histogram has series of three names, such as `…_count`. */
export type ReadSample = Sample & { readonly name: string };

const toLabels = (labels: object): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)]));

/** Returns the series of a metric as they are now; none when the metric does not exist. */
export const readMetric = async ({ registry }: Metrics, name: string): Promise<readonly ReadSample[]> => {
  const metric = await registry.getSingleMetric(name)?.get();
  return (metric?.values ?? []).map((sample) => ({
    name: 'metricName' in sample ? String(sample.metricName) : name,
    labels: toLabels(sample.labels),
    value: sample.value,
  }));
};

type SeriesFilter = { readonly labels?: Readonly<Record<string, string>>; readonly series?: string };

/** Returns the value of the first series with these labels. `series` is its name if the metric is a histogram. */
export const readValue = async (
  metrics: Metrics,
  { name, labels = {}, series = name }: SeriesFilter & { readonly name: string },
): Promise<number | undefined> =>
  (await readMetric(metrics, name)).find(
    (sample) =>
      sample.name === series && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  )?.value;
