export {
  createMetrics,
  type LabeledCounter,
  type Labels,
  type LabelValues,
  type Metrics,
  type Sample,
} from './metrics/metrics.ts';
export { type MetricsServer, type MetricsServerOptions, openMetricsServer } from './metrics/metrics-server.ts';
export {
  createRequestMetrics,
  type RequestMetrics,
  type RouteLabels,
  type RouteMetrics,
  type ServedRequest,
} from './metrics/request-metrics.ts';
export { parseTraceparent } from './open-telemetry/traceparent.ts';
export { startTracing, type TracingSettings } from './tracing/start-tracing.ts';
export type {
  CallSpan,
  MessageSpan,
  OutgoingCall,
  ReceivedMessage,
  RequestSpan,
  SpanCounts,
  TracedRequest,
  Tracing,
} from './tracing/tracing.ts';
