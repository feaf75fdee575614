import type { OpenTelemetry } from '../open-telemetry/start-open-telemetry.ts';
import { toContext } from './request-span.ts';
import type { MessageSpan, ReceivedMessage } from './tracing.ts';

/**
 * Starts the span of an attempt to handle a message. It is a child of the span that committed the message, as OpenTelemetry's
 * conventions for messaging allow where a consumer handles one message at a time: so a trace has the whole way. A trace that the
 * request did not record is not recorded here either.
 */
export const startMessageSpan = (message: ReceivedMessage, otel: OpenTelemetry): MessageSpan | undefined => {
  const { consumer, trace } = message;
  if (!trace.sampled || !otel.isSampled(trace.traceId)) return undefined;
  const { api, tracer } = otel;
  const attributes = {
    'messaging.system': 'bullmq',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': consumer,
  };
  const span = tracer.startSpan(
    `process ${consumer}`,
    { kind: api.SpanKind.CONSUMER, attributes },
    toContext(trace, otel, true),
  );
  // With OTEL_SDK_DISABLED the span has no ids.
  if (!span.isRecording()) return undefined;
  const context = api.trace.setSpan(api.ROOT_CONTEXT, span);
  return {
    trace: { traceId: trace.traceId, spanId: span.spanContext().spanId, sampled: true },
    run: (handle) => api.context.with(context, handle),
    end: ({ isError }) => {
      // Without a message, which might quote what is stored.
      if (isError) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
    },
  };
};
