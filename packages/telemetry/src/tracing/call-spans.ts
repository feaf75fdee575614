import type { OpenTelemetry } from '../open-telemetry/start-open-telemetry.ts';
import type { Tracing } from './tracing.ts';

/** Records a span of each outgoing call that is made within another span. */
export const createCallSpans =
  ({ api, tracer }: OpenTelemetry): Tracing['startCall'] =>
  ({ target, method, url: { hostname, port } }) => {
    const parent = api.context.active();
    if (!api.trace.getSpanContext(parent)) return undefined;
    const attributes = {
      'http.request.method': method,
      'server.address': hostname,
      ...(port !== '' && { 'server.port': Number(port) }),
    };
    const span = tracer.startSpan(`${method} ${target}`, { kind: api.SpanKind.CLIENT, attributes }, parent);
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      end: (result) => {
        if (typeof result === 'number') span.setAttribute('http.response.status_code', result);
        else span.setAttribute('error.type', result);
        if (typeof result === 'string' || result >= 400) span.setStatus({ code: api.SpanStatusCode.ERROR });
        span.end();
      },
    };
  };
