import { describe, expect, it } from 'vitest';
import { median, percentile, spreadOf } from './statistics.ts';

describe('median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the middle two when their number is even', () => {
    expect(median([4, 1, 10, 2])).toBe(3);
  });

  it('orders by size and not by text', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it('is no number for no values', () => {
    expect(median([])).toBeNaN();
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it('is the value that this share does not exceed', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
  });

  it('begins with the least and ends with the greatest', () => {
    expect(percentile(hundred, 0)).toBe(1);
    expect(percentile(hundred, 1)).toBe(100);
  });

  it('is the only value of one', () => {
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('is no number for no values', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('spreadOf', () => {
  it('names the middle and both ends', () => {
    expect(spreadOf([0.8, 0.5, 0.9])).toEqual({ median: 0.8, min: 0.5, max: 0.9 });
  });
});
