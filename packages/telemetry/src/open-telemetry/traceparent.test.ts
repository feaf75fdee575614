import { describe, expect, it } from 'vitest';
import { parseTraceparent } from './traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it.each([
    ['of version 00', `00-${traceId}-${spanId}-01`, true],
    ['that is not sampled', `00-${traceId}-${spanId}-00`, false],
    ['with other flags', `00-${traceId}-${spanId}-03`, true],
    ['of a later version', `cc-${traceId}-${spanId}-01`, true],
    ['of a later version with more fields', `cc-${traceId}-${spanId}-01-what-the-future-adds`, true],
  ])('%s is parsed', (_, header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId, spanId, sampled });
  });

  it.each([
    ['of the invalid version', `ff-${traceId}-${spanId}-01`],
    ['of version 00 with more fields', `00-${traceId}-${spanId}-01-more`],
    ['of a later version without a separator', `cc-${traceId}-${spanId}-01more`],
    ['with a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['with a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['in upper case', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['that is too short', `00-${traceId}-01`],
    ['that is empty', ''],
  ])('%s is ignored', (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});
