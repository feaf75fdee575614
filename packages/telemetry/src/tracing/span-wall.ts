import type { HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type Attributes, type EndedSpan, plainOf } from './span-writer.ts';

const collectionName = 'db.collection.name';

/** What a span may say. Instrumentation that begins to say more with its next version says it to this wall. */
const allowed: ReadonlySet<string> = new Set([
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'error.type',
  'db.system.name',
  'db.namespace',
  collectionName,
  'db.operation.name',
  'server.address',
  'server.port',
  'plinth.calls',
]);

/** What a command that is sent as such has in the place of its collection. */
const noCollection = '$cmd';

type Texts = { readonly [name: string]: string };
type Told = { readonly name: string; readonly attributes: Attributes };

/** The name and the attributes that may be told, with the collection where it belongs. */
const toldOf = ({ name, attributes }: ReadableSpan): Told => {
  const told = plainOf(Object.entries(attributes).filter(([key]) => allowed.has(key)));
  if (told[collectionName] !== noCollection) return { name, attributes: told };
  const { [collectionName]: _, ...others } = told;
  const { 'db.operation.name': operation = name, 'db.query.text': collection = '' } = attributes as Texts;
  return collection === ''
    ? { name: operation, attributes: others }
    : { name: `${operation} ${collection}`, attributes: { ...others, [collectionName]: collection } };
};

const millisOf = ([seconds, nanos]: HrTime): number => seconds * 1000 + nanos / 1e6;

const failed = 2;

/** The span without attributes that are not allowed, and without messages: those of errors quote what was stored. */
export const walled = (span: ReadableSpan): EndedSpan => ({
  ...toldOf(span),
  kind: span.kind,
  context: span.spanContext(),
  above: span.parentSpanContext,
  startMs: millisOf(span.startTime),
  endMs: millisOf(span.endTime),
  isError: span.status.code === failed,
  links: span.links.map(({ context }) => context),
});
