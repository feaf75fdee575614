import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toIso } from './iso-time.ts';

describe('a time as it travels', () => {
  it('is what toISOString gives, whenever it is', () => {
    const anyTime = fc.date({ noInvalidDate: true });
    const usual = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.oneof(usual, anyTime), (date) => {
        expect(toIso(date)).toBe(date.toISOString());
      }),
      { numRuns: 5000 },
    );
  });

  it('boundary: is right on every day of 400 years', () => {
    const dayMs = 86_400_000;
    for (let time = Date.UTC(1999, 11, 31, 23, 59, 59, 999); time < Date.UTC(2400, 0, 3); time += dayMs) {
      if (toIso(new Date(time)) !== new Date(time).toISOString())
        expect(toIso(new Date(time))).toBe(new Date(time).toISOString());
    }
    for (const time of [
      0,
      1,
      Date.UTC(2000, 1, 29),
      Date.UTC(2100, 1, 28, 23, 59, 59, 999),
      253_402_300_799_999,
      253_402_300_800_000,
      -1,
    ]) {
      expect(toIso(new Date(time))).toBe(new Date(time).toISOString());
    }
  });

  it('refuses an invalid date', () => {
    expect(() => toIso(new Date(Number.NaN))).toThrow(RangeError);
  });
});
