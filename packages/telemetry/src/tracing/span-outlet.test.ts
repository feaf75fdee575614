import { createRequire } from 'node:module';
import type * as SdkTrace from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeOtlp } from '../testing/otlp.ts';
import { type BatchSender, openOutlet } from './span-outlet.ts';
import { createSpanWriter } from './span-writer.ts';

const { AlwaysOnSampler, TracerProvider } = createRequire(import.meta.url)(
  '@opentelemetry/sdk-trace',
) as typeof SdkTrace;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

type Answer = Parameters<BatchSender['export']>[1];

/** An outlet whose batches have room for two spans of such a name, with a collector that answers when it is told to. */
const open = () => {
  const batches: { names: string[]; answer: Answer }[] = [];
  const sender: BatchSender = {
    export: ({ body }, answer) => {
      const names = decodeOtlp(body).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name.slice(0, 1))),
      );
      batches.push({ names: names.reverse(), answer });
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const outlet = openOutlet(createSpanWriter({ resource: {}, scope: 'test' }, 1000), sender);
  const provider = new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [outlet.processor] });
  const tracer = provider.getTracer('test');
  const end = (...names: string[]): void => {
    for (const name of names)
      tracer.startSpan(name.padEnd(350, '-'), { attributes: { 'db.query.text': 'marker' } }).end();
  };
  return { outlet, batches, end };
};

const namesIn = (batches: ReturnType<typeof open>['batches']) => batches.map(({ names }) => names);

describe('spans that are sent', () => {
  it('are counted as sent, or as lost when the collector does not take them', async () => {
    const { outlet, batches, end } = open();
    end('a', 'b', 'c', 'd');
    await outlet.processor.forceFlush();
    expect(outlet.counts()).toEqual({ sent: 0, lost: 0 });
    batches[0]?.answer({ code: 0 });
    expect(outlet.counts()).toEqual({ sent: 2, lost: 0 });
    batches[1]?.answer({ code: 1 });
    expect(outlet.counts()).toEqual({ sent: 2, lost: 2 });
  });

  it('boundary: go when there is no room for another, and none is left out', async () => {
    const { outlet, batches, end } = open();
    end('a', 'b');
    expect(batches).toEqual([]);
    end('c', 'd', 'e');
    expect(namesIn(batches)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    await outlet.processor.shutdown();
    expect(namesIn(batches)[2]).toEqual(['e']);
  });

  it('boundary: go when the first has waited for a second, and nothing goes when there is none', () => {
    const { batches, end } = open();
    end('a');
    vi.advanceTimersByTime(900);
    end('b');
    expect(batches).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(namesIn(batches)).toEqual([['a', 'b']]);
    vi.advanceTimersByTime(5000);
    expect(batches).toHaveLength(1);
    end('c');
    vi.advanceTimersByTime(1000);
    expect(namesIn(batches)[1]).toEqual(['c']);
  });

  it('boundary: are lost when they are longer than a batch, and the others go', async () => {
    const { outlet, batches, end } = open();
    end('a', `x${'-'.repeat(2000)}`, 'b');
    await outlet.processor.forceFlush();
    expect(namesIn(batches)).toEqual([['a'], ['b']]);
    expect(outlet.counts()).toEqual({ sent: 0, lost: 1 });
  });

  it('race: are in one batch each when they end while another is under way', async () => {
    const { outlet, batches, end } = open();
    end('a', 'b', 'c');
    end('d');
    batches[0]?.answer({ code: 0 });
    await outlet.processor.forceFlush();
    batches[1]?.answer({ code: 0 });
    expect(namesIn(batches).flat()).toEqual(['a', 'b', 'c', 'd']);
    expect(outlet.counts()).toEqual({ sent: 4, lost: 0 });
  });
});
