import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createSpanCounter } from './span-counter.ts';

type Respond = Parameters<SpanExporter['export']>[1];

/** A tracer whose spans are exported two at a time to a collector that responds when the test says so. */
const openExport = (pendingMax: number) => {
  const batches: { readonly names: string[]; readonly respond: Respond }[] = [];
  const exporter: SpanExporter = {
    export: (spans, respond) => void batches.push({ names: spans.map(({ name }) => name), respond }),
    shutdown: async () => undefined,
  };
  const counter = createSpanCounter(pendingMax);
  const batch = new BatchSpanProcessor({
    exporter: counter.countExports(exporter),
    maxExportBatchSize: 2,
    maxQueueSize: pendingMax,
    scheduledDelayMillis: 60_000,
  });
  const provider = new TracerProvider({ spanProcessors: [counter.limitPending(batch)] });
  const tracer = provider.getTracer('test');
  const end = (...names: string[]): void => {
    for (const name of names) tracer.startSpan(name).end();
  };
  return { counter, provider, batches, end };
};

it('counts spans as sent or as lost when the collector has responded', () => {
  const { counter, batches, end } = openExport(10);
  end('a', 'b');
  expect(counter.counts()).toEqual({ sent: 0, lost: 0 });
  batches[0]?.respond({ code: 0 });
  expect(counter.counts()).toEqual({ sent: 2, lost: 0 });
});

it('counts spans as lost when the collector refuses them', () => {
  const { counter, batches, end } = openExport(10);
  end('a', 'b');
  batches[0]?.respond({ code: 1, error: new Error('refused') });
  expect(counter.counts()).toEqual({ sent: 0, lost: 2 });
});

it('boundary: drops and counts spans while the limit is queued or being sent, and accepts them afterwards', async () => {
  const { counter, provider, batches, end } = openExport(3);
  end('a', 'b', 'c', 'dropped', 'dropped');
  expect(counter.counts()).toEqual({ sent: 0, lost: 2 });
  batches[0]?.respond({ code: 0 });
  end('d', 'e');
  const flushed = provider.forceFlush();
  for (const { respond } of batches.slice(1)) respond({ code: 0 });
  await flushed;
  expect(batches.flatMap(({ names }) => names)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(counter.counts()).toEqual({ sent: 5, lost: 2 });
});
