import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import type * as OtlpHttp from '@opentelemetry/otlp-exporter-base/node-http';
import type * as Resources from '@opentelemetry/resources';
import type * as SdkNode from '@opentelemetry/sdk-node';
import type * as SdkTrace from '@opentelemetry/sdk-trace';
import { ownSpansOf } from './own-spans.ts';
import { type BatchSender, openOutlet } from './span-outlet.ts';
import { createSpanWriter, plainOf, type SpanBatch } from './span-writer.ts';
import type { SpanCounts } from './tracing.ts';

export type OpenTelemetryOptions = {
  /** What the spans say they come from. */
  readonly service: string;
  /** The collector, without `/v1/traces`. */
  readonly endpoint: string;
};

/** OpenTelemetry as far as it is used here. */
export type OpenTelemetry = {
  readonly api: typeof Api;
  /** Begins a span. */
  readonly begin: ReturnType<typeof ownSpansOf>;
  /** The context of what is done below a span, by its driver too. */
  below(span: Api.SpanContext): Api.Context;
  counts(): SpanCounts;
  stop(): Promise<void>;
};

// Loaded where tracing is on, and nowhere else: it takes most of a second.
const require = createRequire(import.meta.url);

const load = () => ({
  api: require('@opentelemetry/api') as typeof Api,
  otlpHttp: require('@opentelemetry/otlp-exporter-base/node-http') as typeof OtlpHttp,
  resources: require('@opentelemetry/resources') as typeof Resources,
  sdkNode: require('@opentelemetry/sdk-node') as typeof SdkNode,
  sdkTrace: require('@opentelemetry/sdk-trace') as typeof SdkTrace,
});

/** Milliseconds that it may take to send a batch, with all that is tried again. */
const timeoutMs = 3000;

/** A batch has so many bytes, and so many batches may be under way: enough for a collector that is slow for a second. */
const batchBytes = 131_072;
const sendingMax = 16;

/** What sends batches by OTLP over HTTP, as the environment says how. */
const openSender = (endpoint: string, { otlpHttp }: ReturnType<typeof load>): BatchSender => {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const options = { url, timeoutMillis: timeoutMs, concurrencyLimit: sendingMax };
  return otlpHttp.createOtlpHttpExportDelegate<SpanBatch, object>(
    otlpHttp.convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', { 'Content-Type': 'application/x-protobuf' }),
    { serializeRequest: ({ body }) => body, deserializeResponse: () => ({}) },
    'otlp_http_span_exporter',
    { name: 'span', countItems: ({ count }) => count },
    undefined,
  );
};

/** Loads OpenTelemetry and starts it. */
export const startOpenTelemetry = ({ service, endpoint }: OpenTelemetryOptions): OpenTelemetry => {
  const loaded = load();
  const { api, resources, sdkNode, sdkTrace } = loaded;
  // `OTEL_RESOURCE_ATTRIBUTES` and nothing that is found out: a command line or a host name says more than it should.
  const resource = resources
    .defaultResource()
    .merge(resources.detectResources({ detectors: [resources.envDetector] }))
    .merge(resources.resourceFromAttributes({ 'service.name': service }));
  const origin = { resource: plainOf(Object.entries(resource.attributes)), scope: '@plinth/telemetry' };
  const outlet = openOutlet(createSpanWriter(origin, batchBytes), openSender(endpoint, loaded));
  const random = new sdkTrace.RandomIdGenerator();
  const sdk = new sdkNode.NodeSDK({
    resource,
    autoDetectResources: false,
    // Spans are begun for traces that are recorded, and for no others.
    sampler: new sdkTrace.AlwaysOnSampler(),
    spanProcessors: [outlet.processor],
    textMapPropagator: null,
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return {
    api,
    begin: ownSpansOf({ newSpanId: random.generateSpanId, take: outlet.take }),
    below: (span) => api.trace.setSpanContext(api.ROOT_CONTEXT, span),
    counts: outlet.counts,
    stop: async () => {
      await sdk.shutdown().catch(() => undefined);
      api.trace.disable();
      api.context.disable();
    },
  };
};
