import type { CommandInfo, CommandObserver } from '@plinth/data-kit';
import type { OpenTelemetry } from './open-telemetry.ts';
import type { Attributes } from './span-writer.ts';

const attributesOf = ({ system, operation, database, collection, host, port }: CommandInfo): Attributes => ({
  'db.system.name': system,
  'db.operation.name': operation,
  'server.address': host,
  ...(port !== undefined && { 'server.port': port }),
  ...(database !== undefined && { 'db.namespace': database }),
  ...(collection !== undefined && { 'db.collection.name': collection }),
});

/** Makes a span of each command that is sent below a span; of nobody's commands it makes none. */
export const commandSpansOf =
  ({ api, begin }: OpenTelemetry): CommandObserver =>
  (command) => {
    const above = api.trace.getSpanContext(api.context.active());
    if (!above) return undefined;
    const { operation, collection } = command;
    const name = collection === undefined ? operation : `${operation} ${collection}`;
    const { traceId } = above;
    return begin(name, { kind: api.SpanKind.CLIENT, attributes: attributesOf(command), traceId, above }).end;
  };
