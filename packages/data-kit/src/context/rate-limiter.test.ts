import { expect, it } from 'vitest';
import { allow, msUntilTokens, refilledTokens, refuse, type TokenBucket } from './rate-limiter.ts';

const bucket: TokenBucket = { key: 'subject ada', quota: 300, windowSeconds: 60 };

it('refills evenly up to its quota', () => {
  expect(refilledTokens(bucket, { tokens: 0, atMs: 1000 }, 1200)).toBe(1);
  expect(refilledTokens(bucket, { tokens: 10, atMs: 0 }, 10_000)).toBe(60);
  expect(refilledTokens(bucket, { tokens: 10, atMs: 0 }, 3_600_000)).toBe(300);
});

it('boundary: loses nothing to a clock that goes back', () => {
  expect(refilledTokens(bucket, { tokens: 7, atMs: 5000 }, 1000)).toBe(7);
});

it('returns the time until it has a number of tokens', () => {
  expect(msUntilTokens(bucket, 0.5, 1)).toBe(100);
  expect(msUntilTokens(bucket, 2, 1)).toBe(0);
});

it('returns the tokens that are left, and in whole seconds the time until the bucket is full or, after a refusal, has a token again', () => {
  expect(allow(bucket, 299)).toEqual({ isAllowed: true, remaining: 299, resetSeconds: 1 });
  expect(allow(bucket, 240.5)).toEqual({ isAllowed: true, remaining: 240, resetSeconds: 12 });
  expect(refuse(bucket, 0)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 1 });
  expect(refuse({ ...bucket, quota: 2 }, 0)).toMatchObject({ resetSeconds: 30 });
});
