import type { Context, SpanContext } from '@opentelemetry/api';
import type { Trace } from '@plinth/data-kit';
import type { OpenTelemetry } from '../open-telemetry/start-open-telemetry.ts';
import type { RequestSpan, TracedRequest } from './tracing.ts';

/** Returns a context whose active span is that of a trace; `isRemote` when the span was received with a request. */
export const toContext = ({ traceId, spanId }: Trace, { api }: OpenTelemetry, isRemote = false): Context => {
  const span: SpanContext = { traceId, spanId, traceFlags: api.TraceFlags.SAMPLED, isRemote };
  return api.trace.setSpanContext(api.ROOT_CONTEXT, span);
};

/**
 * Starts the span of a request. The trace id decides whether it is recorded, so every service with the same ratio
 * makes the same decision. The sampled flag of a client can only prevent recording, never cause it.
 */
export const startRequestSpan = (request: TracedRequest, otel: OpenTelemetry): RequestSpan | undefined => {
  const { method, route, trace, isJoined } = request;
  if ((isJoined && !trace.sampled) || !otel.isSampled(trace.traceId)) return undefined;
  const { api, tracer } = otel;
  const start = (parent: Context) =>
    tracer.startSpan(
      `${method} ${route}`,
      { kind: api.SpanKind.SERVER, attributes: { 'http.request.method': method, 'http.route': route } },
      parent,
    );
  const span = isJoined
    ? start(toContext(trace, otel, true))
    : otel.useTraceId(trace.traceId, () => start(api.ROOT_CONTEXT));
  // With OTEL_SDK_DISABLED the span has no ids.
  if (!span.isRecording()) return undefined;
  const context = api.trace.setSpan(api.ROOT_CONTEXT, span);
  return {
    trace: { traceId: trace.traceId, spanId: span.spanContext().spanId, sampled: true },
    run: (handle) => api.context.with(context, handle),
    end: ({ status, code }) => {
      span.setAttribute('http.response.status_code', status);
      if (code !== undefined) span.setAttribute('error.type', code);
      if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
    },
  };
};
