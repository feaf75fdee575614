export { type OtlpReceiver, openOtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';
export { type ReadSample, readMetric, readValue } from './read-metric.ts';
