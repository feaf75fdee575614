import { createRequire } from 'node:module';
import type * as SdkTrace from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { walled } from './span-wall.ts';
import type { EndedSpan } from './span-writer.ts';

const { AlwaysOnSampler, TracerProvider } = createRequire(import.meta.url)(
  '@opentelemetry/sdk-trace',
) as typeof SdkTrace;

const open = () => {
  const sent: EndedSpan[] = [];
  const provider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => void sent.push(walled(span)),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
  return { sent, tracer: provider.getTracer('test') };
};

const marker = 'marker-7f3a';

describe('a span leaves', () => {
  it('with what is allowed, and nothing else', () => {
    const { sent, tracer } = open();
    const other = tracer.startSpan('other');
    const span = tracer.startSpan('GET /v1/users', {
      attributes: { 'http.route': '/v1/users', 'url.full': marker, 'db.query.text': marker, 'user.id': marker },
      links: [{ context: other.spanContext(), attributes: { of: marker } }],
    });
    span.setStatus({ code: 2, message: marker });
    span.addEvent(marker, { [marker]: marker });
    span.recordException(new Error(marker));
    span.end();
    const [left] = sent;
    expect(left?.attributes).toEqual({ 'http.route': '/v1/users' });
    expect(left).toMatchObject({ name: 'GET /v1/users', isError: true, above: undefined });
    expect(left?.links).toEqual([other.spanContext()]);
    expect(left?.context).toEqual(span.spanContext());
    expect((left?.endMs ?? 0) - (left?.startMs ?? 0)).toBeGreaterThanOrEqual(0);
    expect(Math.abs((left?.startMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(JSON.stringify(sent)).not.toContain(marker);
  });
});
