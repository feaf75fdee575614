import { type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createSpanSanitizer } from './span-sanitizer.ts';

const collectSpans = () => {
  const spans: ReadableSpan[] = [];
  const collector: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void spans.push(span),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const provider = new TracerProvider({ spanProcessors: [createSpanSanitizer(collector)] });
  return { spans, provider, tracer: provider.getTracer('test') };
};

const canary = 'canary-7f3a';

it('exports the allowed attributes of a span and no message, event or attribute of a link', async () => {
  const { spans, provider, tracer } = collectSpans();
  const other = tracer.startSpan('other');
  const span = tracer.startSpan('GET /v1/users', {
    attributes: { 'http.route': '/v1/users', 'url.full': canary, 'db.query.text': canary, 'user.id': canary },
    links: [{ context: other.spanContext(), attributes: { of: canary } }],
  });
  span.setStatus({ code: 2, message: canary });
  span.addEvent(canary, { [canary]: canary });
  span.recordException(new Error(canary));
  span.end();
  await provider.forceFlush();
  const [exported] = spans;
  expect(exported).toMatchObject({
    name: 'GET /v1/users',
    attributes: { 'http.route': '/v1/users' },
    status: { code: 2 },
    events: [],
    links: [{ context: other.spanContext() }],
  });
  expect(exported?.parentSpanContext).toBeUndefined();
  expect(exported?.spanContext()).toEqual(span.spanContext());
  expect(exported?.endTime[0]).toBeCloseTo(Date.now() / 1000, -2);
  const { resource, ...rest } = exported as ReadableSpan;
  expect(resource.attributes).toHaveProperty('service.name');
  expect(JSON.stringify(rest)).not.toContain(canary);
});
