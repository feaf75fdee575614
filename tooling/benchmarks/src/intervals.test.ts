import { describe, expect, it } from 'vitest';
import { createIntervals } from './intervals.ts';

const take = (count: number, options: { perSecond: number; seed: number }): number[] => {
  const next = createIntervals(options);
  return Array.from({ length: count }, next);
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the intervals between arrivals', () => {
  const count = 100_000;
  const intervals = take(count, { perSecond: 500, seed: 1 });

  it.each([
    [1, 1000],
    [300, 1000 / 300],
    [5000, 0.2],
  ])('are on average what %i a second leave: %d ms', (perSecond, meanMs) => {
    expect(meanOf(take(count, { perSecond, seed: 7 })) / meanMs).toBeCloseTo(1, 1.5);
  });

  it('are never negative and never endless', () => {
    expect(Math.min(...intervals.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(intervals.every(Number.isFinite)).toBe(true);
  });

  it('are distributed exponentially', () => {
    const ordered = intervals.toSorted((a, b) => a - b);
    const distances = ordered.map((ms, at) => Math.abs((at + 1) / count - (1 - Math.exp(-ms / 2))));
    // Kolmogorov's bound, which a true sample of this size exceeds once in a million times.
    expect(Math.max(...distances.slice(0, 50_000))).toBeLessThan(2.69 / Math.sqrt(count));
    expect(Math.max(...distances.slice(50_000))).toBeLessThan(2.69 / Math.sqrt(count));
  });

  it('do not follow from the one before', () => {
    const mean = meanOf(intervals);
    const variance = meanOf(intervals.map((ms) => (ms - mean) ** 2));
    const covariance = meanOf(intervals.slice(1).map((ms, at) => (ms - mean) * ((intervals[at] ?? 0) - mean)));
    expect(Math.abs(covariance / variance)).toBeLessThan(5 / Math.sqrt(count));
  });

  it('vary in number by second as a Poisson process does: as much as their mean', () => {
    let atMs = 0;
    const bySecond = new Map<number, number>();
    for (const ms of intervals) {
      atMs += ms;
      const second = Math.floor(atMs / 1000);
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
    }
    const counts = [...bySecond.values()].slice(0, -1);
    const mean = meanOf(counts);
    const variance = meanOf(counts.map((value) => (value - mean) ** 2));
    expect(variance / mean).toBeGreaterThan(0.6);
    expect(variance / mean).toBeLessThan(1.5);
  });

  it('are the same ones for the same seed, and others for another', () => {
    expect(take(20, { perSecond: 500, seed: 1 })).toEqual(intervals.slice(0, 20));
    expect(take(20, { perSecond: 500, seed: 2 })).not.toEqual(intervals.slice(0, 20));
  });

  it('are the same ones, closer together, at a higher rate', () => {
    const faster = take(20, { perSecond: 1000, seed: 1 });
    for (const [at, ms] of faster.entries()) expect(ms).toBeCloseTo((intervals[at] ?? 0) / 2, 9);
  });
});
