import { describe, expect, it } from 'vitest';
import { Currency, Money } from './money.ts';

describe('money', () => {
  it.each([0, 1, Number.MAX_SAFE_INTEGER])('accepts an amount of %i minor units', (amount) => {
    expect(Money.parse({ amount, currency: 'EUR', symbol: '€' })).toEqual({ amount, currency: 'EUR' });
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, '1', null])('refuses the amount %j', (amount) => {
    expect(Money.safeParse({ amount, currency: 'EUR' }).success).toBe(false);
  });

  it.each(['EUR', 'USD', 'JPY', 'KWD', 'ZWG'])('accepts the currency %s', (currency) => {
    expect(Currency.parse(currency)).toBe(currency);
  });

  it.each(['eur', 'EURO', 'XXX', 'XAU', 'DEM', 'XYZ', '', 978])('refuses the currency %j', (currency) => {
    expect(Currency.safeParse(currency).success).toBe(false);
  });

  it('lists each currency once, in alphabetical order', () => {
    expect(Currency.options).toEqual([...new Set(Currency.options)].toSorted());
    expect(Currency.options.length).toBeGreaterThan(150);
  });
});
