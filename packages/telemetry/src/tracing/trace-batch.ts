import type { Context } from '@opentelemetry/api';
import type { Ctx, TraceBatch } from '@plinth/data-kit';
import type { OpenTelemetry } from '../open-telemetry/start-open-telemetry.ts';
import { toContext } from './request-span.ts';

type BatchSpan = { readonly context: Context; end(): void };

/** Starts a span in each trace. Commands become children of the first span, and the other spans link to it. */
const startBatchSpans = (name: string, calls: readonly Ctx[], otel: OpenTelemetry): BatchSpan => {
  const { api, tracer } = otel;
  const options = { kind: api.SpanKind.INTERNAL, attributes: { 'plinth.calls': calls.length } };
  const [first, ...others] = calls
    .filter(({ trace }) => trace.sampled)
    .map(({ trace }) => tracer.startSpan(name, options, toContext(trace, otel)));
  // The active context belongs to the request that happened to start the batch, and must not get its commands.
  if (!first) return { context: api.ROOT_CONTEXT, end: () => undefined };
  for (const other of others) {
    first.addLink({ context: other.spanContext() });
    other.addLink({ context: first.spanContext() });
  }
  return {
    context: api.trace.setSpan(api.ROOT_CONTEXT, first),
    end: () => {
      for (const span of [first, ...others]) span.end();
    },
  };
};

/** Work for a single request has no span of its own: its commands are children of the span of the request. */
export const createTraceBatch =
  (otel: OpenTelemetry): TraceBatch =>
  async (name, calls, work) => {
    const [first, ...others] = calls;
    const single = others.length === 0 && first?.trace.sampled ? first.trace : undefined;
    if (single) return otel.api.context.with(toContext(single, otel), work);
    const { context, end } = startBatchSpans(name, calls, otel);
    try {
      return await otel.api.context.with(context, work);
    } finally {
      end();
    }
  };
