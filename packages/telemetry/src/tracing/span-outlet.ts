import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { walled } from './span-wall.ts';
import type { EndedSpan, SpanBatch, SpanWriter } from './span-writer.ts';
import type { SpanCounts } from './tracing.ts';

/** Sends batches to a collector, and refuses them while too many are under way. */
export type BatchSender = {
  export(batch: SpanBatch, done: (result: { readonly code: number }) => void): void;
  /** Waits for those under way. */
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
};

/** The one way out for spans. */
export type SpanOutlet = {
  /** Takes a span of ours, which has nothing to hide. */
  take(span: EndedSpan): void;
  /** Takes those that instrumentation makes, through the wall. */
  readonly processor: SpanProcessor;
  counts(): SpanCounts;
};

const success = 0;

/** Milliseconds that a span waits for others at most. */
const delayMs = 1000;

/**
 * Sends spans many at a time: when there is no room for another, or the first has waited long enough. It counts those that
 * have gone out, and those that have not because the collector did not take them, or too many were on their way to it.
 */
export const openOutlet = (writer: SpanWriter, sender: BatchSender): SpanOutlet => {
  let sent = 0;
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const batch = writer.take();
    if (batch.count === 0) return;
    sender.export(batch, ({ code }) => {
      if (code === success) sent += batch.count;
      else lost += batch.count;
    });
  };
  const isWritten = (span: EndedSpan): boolean => {
    if (writer.write(span)) return true;
    send();
    return writer.write(span);
  };
  const take = (span: EndedSpan): void => {
    if (isWritten(span)) timer ??= setTimeout(send, delayMs).unref();
    else lost += 1;
  };
  const flush = (): Promise<void> => {
    send();
    return sender.forceFlush();
  };
  return {
    take,
    counts: () => ({ sent, lost }),
    processor: {
      onStart: () => undefined,
      onEnd: (span) => take(walled(span)),
      forceFlush: flush,
      shutdown: async () => {
        await flush();
        await sender.shutdown();
      },
    },
  };
};
