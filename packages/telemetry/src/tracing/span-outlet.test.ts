import { createRequire } from 'node:module';
import type * as SdkTrace from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { openOutlet } from './span-outlet.ts';

const { AlwaysOnSampler, BatchSpanProcessor, InMemorySpanExporter, TracerProvider } = createRequire(import.meta.url)(
  '@opentelemetry/sdk-trace',
) as typeof SdkTrace;

const open = (waitingMax?: number) => {
  const inside = new InMemorySpanExporter();
  const outlet = openOutlet(
    inside,
    (exporter, maxQueueSize) =>
      new BatchSpanProcessor({ exporter, maxQueueSize, maxExportBatchSize: 2, scheduledDelayMillis: 1 }),
    waitingMax,
  );
  const provider = new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [outlet.processor] });
  return { outlet, inside, tracer: provider.getTracer('test'), provider };
};

describe('spans that are sent', () => {
  it('are counted as sent, or as lost when the collector does not take them', async () => {
    const { outlet, inside, tracer, provider } = open();
    tracer.startSpan('a').end();
    await expect.poll(outlet.counts).toEqual({ sent: 1, lost: 0 });
    await inside.shutdown();
    tracer.startSpan('b').end();
    await expect.poll(outlet.counts).toEqual({ sent: 1, lost: 1 });
    await provider.shutdown();
  });

  it('go through the wall when instrumentation made them', async () => {
    const { outlet, inside, tracer } = open();
    tracer.startSpan('a', { attributes: { 'db.query.text': 'marker' } }).end();
    await outlet.processor.forceFlush();
    expect(inside.getFinishedSpans()).toMatchObject([{ name: 'a', attributes: {} }]);
  });

  it('boundary: are lost beyond those that may wait, and each of them is counted once', async () => {
    const { outlet, inside, tracer } = open(3);
    // The first two leave at once, the next three wait.
    for (const name of ['a', 'b', 'c', 'd', 'e', 'too many']) tracer.startSpan(name).end();
    await outlet.processor.forceFlush();
    await expect.poll(outlet.counts).toEqual({ sent: 5, lost: 1 });
    tracer.startSpan('f').end();
    await expect.poll(outlet.counts).toEqual({ sent: 6, lost: 1 });
    expect(inside.getFinishedSpans().map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});
