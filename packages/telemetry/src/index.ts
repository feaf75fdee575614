export type { Exemplar, Metric, MetricType, Sample, Sentence } from './metrics/metric.ts';
export { type Count, type Counter, createMetrics, type Metrics, type Reading } from './metrics/metrics.ts';
export { type MetricsAddress, type MetricsServer, openMetricsServer } from './metrics/metrics-server.ts';
export {
  createRequestMetrics,
  type RequestMetrics,
  type RouteLabels,
  type RouteMetrics,
  type Served,
} from './metrics/request-metrics.ts';
export type { Labels, ValuesOf } from './metrics/series.ts';
export { startTracing, type TracingSettings } from './tracing/start-tracing.ts';
export type { RequestSpan, SpanCounts, TracedCall, Tracing } from './tracing/tracing.ts';
