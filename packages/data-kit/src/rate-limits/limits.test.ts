import { describe, expect, it } from 'vitest';
import { createLocalLimiter, type Limit, type LimitDecision, tokensAt } from './limits.ts';

const limit: Limit = { name: 'subject', quota: 300, windowSeconds: 60 };

/** A limiter at a time that stands still until it is told to move. */
const atHeldTime = () => {
  let nowMs = 1000;
  const limiter = createLocalLimiter({ nowMs: () => nowMs });
  const take = (subject = 'ada', of = limit) => limiter.take(of, subject) as LimitDecision;
  const takeAll = (count: number): LimitDecision[] => Array.from({ length: count }, () => take());
  return { take, takeAll, pass: (ms: number) => void (nowMs += ms) };
};

const countAllowed = (decisions: readonly LimitDecision[]): number =>
  decisions.filter(({ isAllowed }) => isAllowed).length;

describe('a bucket', () => {
  it('serves its quota at once, and not one more', () => {
    const { takeAll } = atHeldTime();
    expect(countAllowed(takeAll(1000))).toBe(300);
  });

  it('says what is left and when it is full again', () => {
    const { take, takeAll } = atHeldTime();
    expect(take()).toEqual({ isAllowed: true, remaining: 299, resetSeconds: 1 });
    expect(takeAll(59).at(-1)).toEqual({ isAllowed: true, remaining: 240, resetSeconds: 12 });
  });

  it('says when it has a token again: after a second at the earliest', () => {
    const { take, takeAll } = atHeldTime();
    takeAll(300);
    expect(take()).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 1 });
    const slow = { name: 'sensitive', quota: 2, windowSeconds: 60 };
    expect([take('ada', slow), take('ada', slow), take('ada', slow)].at(-1)).toEqual({
      isAllowed: false,
      remaining: 0,
      resetSeconds: 30,
    });
  });

  it('fills evenly, whether it is asked meanwhile or not', () => {
    const { take, takeAll, pass } = atHeldTime();
    takeAll(300);
    pass(199);
    expect(take().isAllowed).toBe(false);
    pass(1);
    expect(countAllowed(takeAll(2))).toBe(1);
    pass(10_000);
    expect(countAllowed(takeAll(100))).toBe(50);
  });

  it('holds no more than its quota, however long nobody asks', () => {
    const { takeAll, pass } = atHeldTime();
    takeAll(10);
    pass(3_600_000);
    expect(countAllowed(takeAll(1000))).toBe(300);
  });

  it('boundary: is that of one subject and one limit alone', () => {
    const { take, takeAll } = atHeldTime();
    takeAll(300);
    expect(take('grace').remaining).toBe(299);
    expect(take('ada', { ...limit, name: 'ip' }).remaining).toBe(299);
    expect(take('ada', { ...limit, quota: 1000 }).remaining).toBe(999);
  });

  it('loses nothing to a clock that goes back', () => {
    expect(tokensAt(limit, { tokens: 7, atMs: 5000 }, 1000)).toBe(7);
  });

  it('integrity: is not forgotten while it is not full, however many others come', () => {
    const { take, takeAll, pass } = atHeldTime();
    takeAll(300);
    for (let at = 0; at < 5000; at += 1) take(`passer-by ${at}`);
    expect(take().isAllowed).toBe(false);
    pass(1000);
    for (let at = 0; at < 5000; at += 1) take(`another ${at}`);
    expect(countAllowed(takeAll(10))).toBe(5);
  });
});
