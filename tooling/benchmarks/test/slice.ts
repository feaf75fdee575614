import type { Slice } from '../src/slice.ts';

/** Creates a slice of 100 µs a request, with some figures replaced. */
export const createSlice = (figures: Partial<Slice> = {}): Slice => ({
  perSecond: 1000,
  rejectedPerSecond: 0,
  serverMicros: 100,
  mongodMicros: 50,
  p50Ms: 1,
  p99Ms: 3,
  healthMs: 5,
  memoryMiB: 300,
  ...figures,
});
