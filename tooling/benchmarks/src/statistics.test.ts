import { expect, it } from 'vitest';
import { median, percentile } from './statistics.ts';

it.each([
  [[9, 1, 5], 5],
  [[4, 1, 10, 2], 3],
  [[10, 9, 100], 10],
  [[], Number.NaN],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

it.each([
  [0, 1],
  [0.5, 50],
  [0.99, 99],
  [1, 100],
])('percentile %d of 1 to 100 is %d', (share, expected) => {
  expect(
    percentile(
      Array.from({ length: 100 }, (_, index) => 100 - index),
      share,
    ),
  ).toBe(expected);
});

it('the percentile of an empty list is NaN', () => {
  expect(percentile([], 0.5)).toBeNaN();
});
