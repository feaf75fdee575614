const sort = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Returns the smallest value that at least `share` (0 to 1) of all values do not exceed; NaN without values. */
export const percentile = (values: readonly number[], share: number): number =>
  sort(values)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN;

/** Returns the middle value, or the mean of the middle two; NaN without values. */
export const median = (values: readonly number[]): number => {
  const sorted = sort(values);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
};
