import { createRequire } from 'node:module';
import type * as SdkTrace from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { wallAround } from './span-wall.ts';

const { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = createRequire(import.meta.url)(
  '@opentelemetry/sdk-trace',
) as typeof SdkTrace;

const open = () => {
  const inside = new InMemorySpanExporter();
  const wall = wallAround(inside);
  const provider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new SimpleSpanProcessor({ exporter: wall.exporter })],
  });
  return { wall, inside, tracer: provider.getTracer('test'), provider };
};

const marker = 'marker-7f3a';

describe('a span leaves', () => {
  it('with what is allowed, and nothing else', () => {
    const { inside, tracer } = open();
    const other = tracer.startSpan('other');
    const span = tracer.startSpan('GET /v1/users', {
      attributes: { 'http.route': '/v1/users', 'url.full': marker, 'db.query.text': marker, 'user.id': marker },
      links: [{ context: other.spanContext(), attributes: { of: marker } }],
    });
    span.setStatus({ code: 2, message: marker });
    span.addEvent(marker, { [marker]: marker });
    span.recordException(new Error(marker));
    span.end();
    const [sent] = inside.getFinishedSpans();
    expect(sent?.attributes).toEqual({ 'http.route': '/v1/users' });
    expect(sent?.status).toEqual({ code: 2 });
    expect(sent?.links).toEqual([{ context: other.spanContext() }]);
    expect(sent?.spanContext()).toEqual(span.spanContext());
    expect(JSON.stringify(inside.getFinishedSpans())).not.toContain(marker);
  });

  it('with the collection of a command that was sent as such', () => {
    const { inside, tracer } = open();
    const attributes = { 'db.operation.name': 'find', 'db.collection.name': '$cmd' };
    tracer.startSpan('find $cmd', { attributes: { ...attributes, 'db.query.text': 'users' } }).end();
    tracer.startSpan('find $cmd', { attributes: { ...attributes, 'db.query.text': '' } }).end();
    expect(inside.getFinishedSpans().map(({ name, attributes: told }) => [name, told])).toEqual([
      ['find users', { 'db.operation.name': 'find', 'db.collection.name': 'users' }],
      ['find', { 'db.operation.name': 'find' }],
    ]);
  });
});

it('the wall counts what went out and what was lost', async () => {
  const { wall, inside, tracer, provider } = open();
  tracer.startSpan('a').end();
  await expect.poll(wall.counts).toEqual({ sent: 1, lost: 0 });
  await inside.shutdown();
  tracer.startSpan('b').end();
  await expect.poll(wall.counts).toEqual({ sent: 1, lost: 1 });
  await provider.shutdown();
});
