import type { SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { SpanCounts } from '../tracing/tracing.ts';

const success = 0;

/** Counts spans on their way to the collector and limits how many wait for it. */
export type SpanCounter = {
  /** Counts what the exporter has sent, and what it could not. */
  countExports(exporter: SpanExporter): SpanExporter;
  /** Drops and counts spans while `pendingMax` of them are queued or being sent. */
  limitPending(processor: SpanProcessor): SpanProcessor;
  counts(): SpanCounts;
};

/** OpenTelemetry's batch processor does not report how many spans it drops. This limit ensures that it drops none. */
export const createSpanCounter = (pendingMax: number): SpanCounter => {
  let pending = 0;
  let sent = 0;
  let lost = 0;
  return {
    countExports: (exporter) => ({
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          pending -= spans.length;
          if (result.code === success) sent += spans.length;
          else lost += spans.length;
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
      forceFlush: async () => exporter.forceFlush?.(),
    }),
    limitPending: (processor) => ({
      onStart: (span, context) => processor.onStart(span, context),
      onEnd: (span) => {
        if (pending >= pendingMax) {
          lost += 1;
          return;
        }
        pending += 1;
        processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    }),
    counts: () => ({ sent, lost }),
  };
};
