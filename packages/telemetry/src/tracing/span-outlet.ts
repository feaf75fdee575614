import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { walled } from './span-wall.ts';
import type { SpanCounts } from './tracing.ts';

/** Sends spans by an exporter, many at a time; of so many as may wait at most. */
type Batching = (exporter: SpanExporter, waitingMax: number) => SpanProcessor;

/** The one way out for spans. */
export type SpanOutlet = {
  /** Takes a span of ours, which has nothing to hide. */
  take(span: ReadableSpan): void;
  /** Takes those that instrumentation makes, through the wall. */
  readonly processor: SpanProcessor;
  counts(): SpanCounts;
};

const success = 0;

/** Some megabytes: enough for a collector that is slow for a second, and not for one that is away. */
const usualWaitingMax = 8192;

/** Counts what goes out, and what does not: because the collector did not take it, or too many were waiting for it. */
export const openOutlet = (
  exporter: SpanExporter,
  batching: Batching,
  waitingMax: number = usualWaitingMax,
): SpanOutlet => {
  let waiting = 0;
  let sent = 0;
  let lost = 0;
  const batches = batching(
    {
      export: (spans, done) => {
        waiting -= spans.length;
        exporter.export(spans, (result) => {
          if (result.code === success) sent += spans.length;
          else lost += spans.length;
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    },
    waitingMax,
  );
  const take = (span: ReadableSpan): void => {
    if (waiting >= waitingMax) return void (lost += 1);
    waiting += 1;
    batches.onEnd(span);
  };
  return {
    take,
    counts: () => ({ sent, lost }),
    processor: {
      onStart: () => undefined,
      onEnd: (span) => take(walled(span)),
      forceFlush: () => batches.forceFlush(),
      shutdown: () => batches.shutdown(),
    },
  };
};
