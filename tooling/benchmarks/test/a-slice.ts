import type { Slice } from '../src/summary.ts';

/** A slice of the raw server in the first round, unless something else is given. */
export const aSlice = (given: Partial<Slice>): Slice => ({
  kind: 'get',
  load: { connections: 32 },
  round: 1,
  name: 'raw',
  requests: 1000,
  answers: 1100,
  seconds: 2,
  p50Ms: 1,
  p99Ms: 3,
  serverMicros: 200_000,
  mongodMicros: 150_000,
  loadMicros: 0,
  refused: 0,
  healthMs: undefined,
  serverBytes: 1,
  ...given,
});
