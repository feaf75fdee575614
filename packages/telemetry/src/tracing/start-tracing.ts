import type { Context, Span } from '@opentelemetry/api';
import type { Ctx, Together, Trace } from '@plinth/kernel';
import { type OpenTelemetry, startOpenTelemetry } from './open-telemetry.ts';
import { followRedisCommands } from './redis-commands.ts';
import { isRecorded } from './sampling.ts';
import type { RequestSpan, TracedCall, Tracing } from './tracing.ts';

/** The settings of tracing, by their own names. */
export type TracingSettings = {
  readonly OTEL_TRACING: boolean;
  /** From 0 to 1: the part of the traces that is recorded. */
  readonly OTEL_TRACES_SAMPLER_ARG: number;
  /** The collector; on this machine unless it is given. */
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
};

const defaultEndpoint = 'http://127.0.0.1:4318';

/** The context below the span that a trace names. */
const contextOf = ({ traceId, spanId }: Trace, { api }: OpenTelemetry, isRemote: boolean): Context =>
  api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags: api.TraceFlags.SAMPLED, isRemote });

const beginSpan = ({ method, route, trace, isJoined }: TracedCall, otel: OpenTelemetry): RequestSpan => {
  const { api, tracer } = otel;
  const above = isJoined ? contextOf(trace, otel, true) : api.ROOT_CONTEXT;
  otel.nextTraceIs(trace.traceId);
  const attributes = { 'http.request.method': method, 'http.route': route };
  const span = tracer.startSpan(`${method} ${route}`, { kind: api.SpanKind.SERVER, attributes }, above);
  const context = api.trace.setSpan(above, span);
  return {
    trace: { traceId: trace.traceId, spanId: span.spanContext().spanId, sampled: true },
    within: (run) => api.context.with(context, run),
    end: ({ status, code }) => {
      span.setAttribute('http.response.status_code', status);
      if (code !== undefined) span.setAttribute('error.type', code);
      if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
    },
  };
};

const linked = (spans: readonly Span[]): void => {
  const [first, ...others] = spans;
  if (!first) return;
  for (const other of others) {
    first.addLink({ context: other.spanContext() });
    other.addLink({ context: first.spanContext() });
  }
};

type Shares = OpenTelemetry & { readonly below: (trace: Trace) => Context };
type Shared = { readonly context: Context; readonly spans: readonly Span[] };

/** The context of what calls share: below a span in the trace of the first, with one in each other that is linked to it. */
const sharedOf = (what: string, calls: readonly Ctx[], { api, tracer, below }: Shares): Shared => {
  const attributes = { 'plinth.calls': calls.length };
  const spans = calls
    .filter(({ trace }) => trace.sampled)
    .map(({ trace }) => tracer.startSpan(what, { attributes }, below(trace)));
  linked(spans);
  const [first] = spans;
  // Without one, what is done belongs to no trace, and least of all to the one that happens to be active.
  return { context: first ? api.trace.setSpan(api.ROOT_CONTEXT, first) : api.ROOT_CONTEXT, spans };
};

const togetherOf = (otel: OpenTelemetry): Together => {
  const shares = { ...otel, below: (trace: Trace) => contextOf(trace, otel, false) };
  return async (what, calls, work) => {
    const [first, ...others] = calls;
    const isAlone = others.length === 0 && first?.trace.sampled === true;
    const shared = isAlone ? { context: shares.below(first.trace), spans: [] } : sharedOf(what, calls, shares);
    try {
      return await otel.api.context.with(shared.context, work);
    } finally {
      for (const span of shared.spans) span.end();
    }
  };
};

/**
 * Begins to record traces, where the settings say so; otherwise nothing is loaded and nothing returned. To be called
 * before the drivers are imported: by a module of its own that `main.ts` imports first.
 */
export const startTracing = (service: string, settings: TracingSettings): Tracing | undefined => {
  if (!settings.OTEL_TRACING) return undefined;
  const otel = startOpenTelemetry({ service, endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? defaultEndpoint });
  const leaveRedis = followRedisCommands(otel);
  const ratio = settings.OTEL_TRACES_SAMPLER_ARG;
  return {
    begin: (call) => (isRecorded(call, ratio) ? beginSpan(call, otel) : undefined),
    together: togetherOf(otel),
    counts: otel.counts,
    stop: async () => {
      leaveRedis();
      await otel.stop();
    },
  };
};
