import type { Slice } from '../src/compare.ts';

/** Builds a slice of 100 µs a request, with some figures replaced. */
export const buildSlice = (figures: Partial<Slice> = {}): Slice => ({
  perSecond: 1000,
  serverMicros: 100,
  mongodMicros: 50,
  rejected: 0,
  p50Ms: 1,
  p99Ms: 3,
  ...figures,
});
