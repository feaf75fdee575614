import { describe, expect, it } from 'vitest';
import { aSlice } from '../test/a-slice.ts';
import { summarize } from './summary.ts';

describe('summarize', () => {
  it('compares what the servers cost within the same round', () => {
    // The machine was half as fast in the second round, for both.
    const rows = summarize([
      aSlice({ name: 'platform', serverMicros: 250_000 }),
      aSlice({ name: 'raw', serverMicros: 200_000 }),
      aSlice({ round: 2, name: 'raw', serverMicros: 400_000 }),
      aSlice({ round: 2, name: 'platform', serverMicros: 500_000 }),
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.perCore).toEqual({ median: 0.8, min: 0.8, max: 0.8 });
  });

  it('counts by the request, so that a slower server is not a cheaper one', () => {
    const [row] = summarize([
      aSlice({ name: 'platform', requests: 500, serverMicros: 100_000 }),
      aSlice({ name: 'raw' }),
    ]);
    expect(row?.perCore.median).toBe(1);
    expect(row?.platform).toEqual({ perSecond: 250, p50Ms: 1, p99Ms: 3, serverMicros: 200, mongodMicros: 300 });
  });

  it('keeps kinds of requests and of load apart, in their order', () => {
    const rows = summarize([
      aSlice({ kind: 'list', load: { connections: 8 } }),
      aSlice({ kind: 'list', load: { connections: 1 } }),
      aSlice({ kind: 'post', load: { connections: 8 } }),
      aSlice({ kind: 'post', load: { perSecond: 8 } }),
      aSlice({ kind: 'list', load: { connections: 8 }, round: 2 }),
    ]);
    expect(rows.map(({ kind, load }) => ({ kind, load }))).toEqual([
      { kind: 'list', load: { connections: 8 } },
      { kind: 'list', load: { connections: 1 } },
      { kind: 'post', load: { connections: 8 } },
      { kind: 'post', load: { perSecond: 8 } },
    ]);
  });
});
