import type { ReadableSpan } from '@opentelemetry/sdk-trace';

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
type Told = Pick<ReadableSpan, 'name' | 'attributes'>;

/** The name and the attributes that may be told, with the collection where it belongs. */
const toldOf = ({ name, attributes }: ReadableSpan): Told => {
  const told = Object.fromEntries(Object.entries(attributes).filter(([key]) => allowed.has(key)));
  if (told[collectionName] !== noCollection) return { name, attributes: told };
  const { [collectionName]: _, ...others } = told;
  const { 'db.operation.name': operation = name, 'db.query.text': collection = '' } = attributes as Texts;
  return collection === ''
    ? { name: operation, attributes: others }
    : { name: `${operation} ${collection}`, attributes: { ...others, [collectionName]: collection } };
};

/** The span without attributes that are not allowed, and without messages: those of errors quote what was stored. */
export const walled = (span: ReadableSpan): ReadableSpan => ({
  ...toldOf(span),
  kind: span.kind,
  spanContext: () => span.spanContext(),
  ...(span.parentSpanContext && { parentSpanContext: span.parentSpanContext }),
  startTime: span.startTime,
  endTime: span.endTime,
  duration: span.duration,
  ended: span.ended,
  status: { code: span.status.code },
  links: span.links.map(({ context }) => ({ context })),
  events: [],
  resource: span.resource,
  instrumentationScope: span.instrumentationScope,
  droppedAttributesCount: span.droppedAttributesCount,
  droppedEventsCount: span.droppedEventsCount,
  droppedLinksCount: span.droppedLinksCount,
});
