import type { Attributes } from '@opentelemetry/api';
import type { CommandInfo, CommandObserver } from '@plinth/data-kit';
import type { OpenTelemetry } from '../open-telemetry/start-open-telemetry.ts';

const toAttributes = ({ system, operation, database, collection, host, port }: CommandInfo): Attributes => ({
  'db.system.name': system,
  'db.operation.name': operation,
  'server.address': host,
  ...(port !== undefined && { 'server.port': port }),
  ...(database !== undefined && { 'db.namespace': database }),
  ...(collection !== undefined && { 'db.collection.name': collection }),
});

/** Records a span of each command that is sent below a span; other commands belong to no request. */
export const createCommandSpans =
  ({ api, tracer }: OpenTelemetry): CommandObserver =>
  (command) => {
    const parent = api.context.active();
    if (!api.trace.getSpanContext(parent)) return undefined;
    const { operation, collection } = command;
    const name = collection === undefined ? operation : `${operation} ${collection}`;
    const span = tracer.startSpan(name, { kind: api.SpanKind.CLIENT, attributes: toAttributes(command) }, parent);
    return ({ isError }) => {
      // Without a message, which might quote what is stored.
      if (isError) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
    };
  };
