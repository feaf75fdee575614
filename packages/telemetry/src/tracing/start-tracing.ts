import type { Context, SpanContext } from '@opentelemetry/api';
import type { Ctx, Trace, TraceBatch } from '@plinth/data-kit';
import { commandSpansOf } from './command-spans.ts';
import { type OpenTelemetry, startOpenTelemetry } from './open-telemetry.ts';
import { sampled } from './own-spans.ts';
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

/** The span that a trace names: that of the sender where the trace came with the request, else one of ours. */
const namedBy = ({ traceId, spanId }: Trace, isRemote = false): SpanContext => ({
  traceId,
  spanId,
  traceFlags: sampled,
  isRemote,
});

const beginSpan = ({ method, route, trace, isJoined }: TracedCall, otel: OpenTelemetry): RequestSpan => {
  const { api, begin, below } = otel;
  const span = begin(`${method} ${route}`, {
    kind: api.SpanKind.SERVER,
    attributes: { 'http.request.method': method, 'http.route': route },
    traceId: trace.traceId,
    above: isJoined ? namedBy(trace, true) : undefined,
  });
  const context = below(span.context);
  return {
    trace: { traceId: trace.traceId, spanId: span.context.spanId, sampled: true },
    within: (run) => api.context.with(context, run),
    end: ({ status, code }) =>
      span.end({
        attributes: { 'http.response.status_code': status, ...(code !== undefined && { 'error.type': code }) },
        isError: status >= 500,
      }),
  };
};

const nothing = (): void => undefined;

type Shared = { readonly context: Context; end(): void };

/** The context of what calls share: below a span in the trace of the first, with one in each other that is linked to it. */
const sharedOf = (what: string, calls: readonly Ctx[], { api, begin, below }: OpenTelemetry): Shared => {
  const attributes = { 'plinth.calls': calls.length };
  const [first, ...others] = calls
    .filter(({ trace }) => trace.sampled)
    .map(({ trace }) =>
      begin(what, { kind: api.SpanKind.INTERNAL, attributes, traceId: trace.traceId, above: namedBy(trace) }),
    );
  // Without one, what is done belongs to no trace, and least of all to the one that happens to be active.
  if (!first) return { context: api.ROOT_CONTEXT, end: nothing };
  return {
    context: below(first.context),
    end: () => {
      first.end({ links: others.map(({ context }) => context) });
      for (const other of others) other.end({ links: [first.context] });
    },
  };
};

const togetherOf =
  (otel: OpenTelemetry): TraceBatch =>
  async (what, calls, work) => {
    const [first, ...others] = calls;
    const only = others.length === 0 && first?.trace.sampled ? first.trace : undefined;
    const { context, end } = only ? { context: otel.below(namedBy(only)), end: nothing } : sharedOf(what, calls, otel);
    try {
      return await otel.api.context.with(context, work);
    } finally {
      end();
    }
  };

/** Begins to record traces, where the settings say so; otherwise nothing is loaded and nothing returned. */
export const startTracing = (service: string, settings: TracingSettings): Tracing | undefined => {
  if (!settings.OTEL_TRACING) return undefined;
  const otel = startOpenTelemetry({ service, endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? defaultEndpoint });
  const onCommand = commandSpansOf(otel);
  const leaveRedis = followRedisCommands(onCommand);
  const ratio = settings.OTEL_TRACES_SAMPLER_ARG;
  return {
    begin: (call) => (isRecorded(call, ratio) ? beginSpan(call, otel) : undefined),
    together: togetherOf(otel),
    onCommand,
    counts: otel.counts,
    stop: async () => {
      leaveRedis();
      await otel.stop();
    },
  };
};
