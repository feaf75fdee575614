import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type EndedSpan, plainOf } from './span-writer.ts';

/** What a span may say. Instrumentation that begins to say more with its next version says it to this wall. */
const allowed: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'error.type',
  'db.system.name',
  'db.namespace',
  'db.collection.name',
  'db.operation.name',
  'server.address',
  'server.port',
  'plinth.calls',
]);

const millisOf = ([seconds, nanos]: HrTime): number => seconds * 1000 + nanos / 1e6;

const failed = 2;

/** The span without attributes that are not allowed, and without messages: those of errors quote what was stored. */
export const walled = (span: ReadableSpan): EndedSpan => ({
  name: span.name,
  attributes: plainOf(Object.entries(span.attributes).filter(([key]) => allowed.has(key))),
  kind: span.kind,
  context: span.spanContext(),
  above: span.parentSpanContext,
  startMs: millisOf(span.startTime),
  endMs: millisOf(span.endTime),
  isError: span.status.code === failed,
  links: span.links.map(({ context }) => context),
});
