import { type OpenMetricsContentType, Registry } from 'prom-client';

export type Exposition = { readonly contentType: string; readonly body: string };

/** Adds `_total` to counter names in HELP and TYPE lines, and removes exemplars and `# EOF`, which only OpenMetrics has. */
const toPrometheusText = (openMetrics: string): string =>
  openMetrics
    .replaceAll(/^# HELP (\S+) (.*)\n# TYPE \1 counter$/gm, '# HELP $1_total $2\n# TYPE $1_total counter')
    .replaceAll(/ # \{.*\} \S+ \S+$/gm, '')
    .replace(/# EOF\n$/, '');

/**
 * Formats the metrics as OpenMetrics if `accept` names it, else as Prometheus text. prom-client renames its counters in
 * place when it formats OpenMetrics, so both formats are derived from OpenMetrics.
 */
export const expose = async (
  registry: Registry<OpenMetricsContentType>,
  accept: string | undefined,
): Promise<Exposition> => {
  const body = await registry.metrics();
  return accept?.includes('application/openmetrics-text')
    ? { contentType: registry.contentType, body }
    : { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: toPrometheusText(body) };
};
