export type IntervalOptions = { readonly perSecond: number; readonly seed: number };

/** Numbers from 0 up to 1, 1 not included; the same ones for the same seed (splitmix32). */
const createUniform = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
};

/**
 * The milliseconds between arrivals of which so many come a second and none knows of another: a Poisson process, so
 * the intervals are distributed exponentially. The same ones for the same seed.
 */
export const createIntervals = ({ perSecond, seed }: IntervalOptions): (() => number) => {
  const uniform = createUniform(seed);
  return () => (-Math.log(1 - uniform()) * 1000) / perSecond;
};
