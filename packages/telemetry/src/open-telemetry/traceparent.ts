import { TraceFlags } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { Trace } from '@plinth/data-kit';

/** Parses a W3C `traceparent` header of any version. Returns undefined when it is invalid. */
export const parseTraceparent = (header: string): Trace | undefined => {
  const parent = parseTraceParent(header);
  if (!parent) return undefined;
  const { traceId, spanId, traceFlags } = parent;
  return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
};
