const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** The middle value, or the mean of the middle two; NaN of none. */
export const median = (values: readonly number[]): number => {
  const ordered = sorted(values);
  const upper = Math.floor(ordered.length / 2);
  const high = ordered[upper] ?? Number.NaN;
  return ordered.length % 2 === 1 ? high : ((ordered[upper - 1] ?? Number.NaN) + high) / 2;
};

/** The least value that at least `share` (0 to 1) of all values do not exceed; NaN of none. */
export const percentile = (values: readonly number[], share: number): number => {
  const ordered = sorted(values);
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? Number.NaN;
};

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** The median with how far the values lie apart. */
export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});
