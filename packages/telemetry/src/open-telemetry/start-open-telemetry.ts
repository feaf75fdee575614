import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import type * as OtlpExporter from '@opentelemetry/exporter-trace-otlp-proto';
import type * as Resources from '@opentelemetry/resources';
import type * as SdkNode from '@opentelemetry/sdk-node';
import type * as SdkTrace from '@opentelemetry/sdk-trace';
import type { SpanCounts } from '../tracing/tracing.ts';
import { createIdGenerator } from './id-generator.ts';
import { createSpanCounter } from './span-counter.ts';
import { createSpanSanitizer } from './span-sanitizer.ts';

type OpenTelemetryOptions = {
  /** The `service.name` of the spans. */
  readonly service: string;
  /** The collector, without `/v1/traces`. */
  readonly endpoint: string;
  /** From 0 to 1: the part of the traces that is recorded. */
  readonly ratio: number;
};

/** The part of OpenTelemetry that is used here. */
export type OpenTelemetry = {
  readonly api: typeof Api;
  readonly tracer: Api.Tracer;
  /** True for a trace id that is recorded. */
  isSampled(traceId: string): boolean;
  /** Uses `traceId` for spans without a parent that `start` starts. */
  useTraceId<T>(traceId: string, start: () => T): T;
  counts(): SpanCounts;
  stop(): Promise<void>;
};

// Loaded only when tracing is on, because loading takes several hundred milliseconds.
const require = createRequire(import.meta.url);

const load = () => ({
  api: require('@opentelemetry/api') as typeof Api,
  otlpExporter: require('@opentelemetry/exporter-trace-otlp-proto') as typeof OtlpExporter,
  resources: require('@opentelemetry/resources') as typeof Resources,
  sdkNode: require('@opentelemetry/sdk-node') as typeof SdkNode,
  sdkTrace: require('@opentelemetry/sdk-trace') as typeof SdkTrace,
});

type Loaded = ReturnType<typeof load>;

/** Includes all attempts to send a batch, so that stopping does not take longer. */
const timeoutMillis = 3000;

/**
 * At a ratio of 0.1 a process with 5,000 requests a second records about 2,000 spans a second: it sends four batches a
 * second, and the queue is full when the collector stalls for four seconds.
 */
const maxExportBatchSize = 512;
const scheduledDelayMillis = 1000;
const maxQueueSize = 8192;

/** Headers, compression and certificates of the exporter come from `OTEL_EXPORTER_OTLP_*`. */
const createProcessor = (endpoint: string, { otlpExporter, sdkTrace }: Loaded) => {
  const counter = createSpanCounter(maxQueueSize);
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = counter.countExports(new otlpExporter.OTLPTraceExporter({ url, timeoutMillis }));
  const batch = new sdkTrace.BatchSpanProcessor({ exporter, maxExportBatchSize, scheduledDelayMillis, maxQueueSize });
  return { processor: counter.limitPending(createSpanSanitizer(batch)), counts: counter.counts };
};

/** Only `OTEL_RESOURCE_ATTRIBUTES`: detected attributes, such as the command line and the host name, would reveal too much. */
const createResource = (service: string, { resources }: Loaded) =>
  resources
    .defaultResource()
    .merge(resources.detectResources({ detectors: [resources.envDetector] }))
    .merge(resources.resourceFromAttributes({ 'service.name': service }));

/** Loads OpenTelemetry and starts it. */
export const startOpenTelemetry = ({ service, endpoint, ratio }: OpenTelemetryOptions): OpenTelemetry => {
  const loaded = load();
  const { api, sdkNode, sdkTrace } = loaded;
  const { processor, counts } = createProcessor(endpoint, loaded);
  const idGenerator = createIdGenerator(new sdkTrace.RandomIdGenerator());
  const sampler = new sdkTrace.TraceIdRatioBasedSampler(ratio);
  const sdk = new sdkNode.NodeSDK({
    resource: createResource(service, loaded),
    autoDetectResources: false,
    idGenerator,
    sampler: new sdkTrace.ParentBasedSampler({ root: sampler }),
    spanProcessors: [processor],
    textMapPropagator: null,
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return {
    api,
    tracer: api.trace.getTracer('@plinth/telemetry'),
    isSampled: (traceId) =>
      sampler.shouldSample(api.ROOT_CONTEXT, traceId).decision === sdkTrace.SamplingDecision.RECORD_AND_SAMPLED,
    useTraceId: idGenerator.useTraceId,
    counts,
    stop: async () => {
      await sdk.shutdown().catch(() => undefined);
      api.trace.disable();
      api.context.disable();
    },
  };
};
