import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import type * as Exporter from '@opentelemetry/exporter-trace-otlp-proto';
import type * as Mongodb from '@opentelemetry/instrumentation-mongodb';
import type * as Resources from '@opentelemetry/resources';
import type * as SdkNode from '@opentelemetry/sdk-node';
import type * as SdkTrace from '@opentelemetry/sdk-trace';
import { collectionOf } from './collection-name.ts';
import { ownSpansOf } from './own-spans.ts';
import { openOutlet } from './span-outlet.ts';
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

// Loaded by `require`, which has loaded all of it when it returns. An `import()` would leave the driver time to be loaded
// meanwhile, beside the module that awaits it, and a driver that was loaded before its instrumentation has no spans.
const require = createRequire(import.meta.url);

const load = () => ({
  api: require('@opentelemetry/api') as typeof Api,
  exporter: require('@opentelemetry/exporter-trace-otlp-proto') as typeof Exporter,
  mongodb: require('@opentelemetry/instrumentation-mongodb') as typeof Mongodb,
  resources: require('@opentelemetry/resources') as typeof Resources,
  sdkNode: require('@opentelemetry/sdk-node') as typeof SdkNode,
  sdkTrace: require('@opentelemetry/sdk-trace') as typeof SdkTrace,
});

/** Milliseconds that spans wait for others to be sent with them, and that sending them may take. */
const delayMs = 1000;
const timeoutMs = 3000;

/** Loads OpenTelemetry and starts it. Drivers that are loaded from now on are instrumented. */
export const startOpenTelemetry = ({ service, endpoint }: OpenTelemetryOptions): OpenTelemetry => {
  const { api, exporter, mongodb, resources, sdkNode, sdkTrace } = load();
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const outlet = openOutlet(
    new exporter.OTLPTraceExporter({ url, timeoutMillis: timeoutMs }),
    (exporting, maxQueueSize) =>
      new sdkTrace.BatchSpanProcessor({
        exporter: exporting,
        maxQueueSize,
        scheduledDelayMillis: delayMs,
        exportTimeoutMillis: timeoutMs,
      }),
  );
  const random = new sdkTrace.RandomIdGenerator();
  const sdk = new sdkNode.NodeSDK({
    serviceName: service,
    // `OTEL_RESOURCE_ATTRIBUTES` and nothing that is found out: a command line or a host name says more than it should.
    resourceDetectors: [resources.envDetector],
    // Spans are begun for traces that are recorded, and for no others.
    sampler: new sdkTrace.AlwaysOnSampler(),
    spanProcessors: [outlet.processor],
    textMapPropagator: null,
    metricReaders: [],
    logRecordProcessors: [],
    // The text of a command is never made. In its place the collection is told, which commands sent as such do not show.
    instrumentations: [new mongodb.MongoDBInstrumentation({ dbStatementSerializer: collectionOf })],
  });
  sdk.start();
  // A span that is not ended is not sent.
  const { resource } = api.trace.getTracer('@plinth/telemetry').startSpan('') as unknown as SdkTrace.ReadableSpan;
  return {
    api,
    begin: ownSpansOf({ resource, newSpanId: random.generateSpanId, take: outlet.take }),
    below: (span) => api.trace.setSpanContext(api.ROOT_CONTEXT, span),
    counts: outlet.counts,
    stop: async () => {
      await sdk.shutdown().catch(() => undefined);
      api.trace.disable();
      api.context.disable();
    },
  };
};
