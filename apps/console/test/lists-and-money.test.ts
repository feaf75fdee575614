import { describe, expect, it } from 'vitest';
import { toCurl, toTypeScript } from '../src/api/describe-call.ts';
import type { ListSpec } from '../src/api/operations.ts';
import { listSorts, withFilter } from '../src/ui/list-query.ts';
import { formatMoney, parseDecimal, toDecimal } from '../src/ui/money.ts';

const times = ['-createdAt', 'createdAt'];
const totals = ['total', '-total'];

/** The list of orders. */
const spec: ListSpec = {
  filters: { status: ['placed', 'paid'], customerId: [] },
  ranges: { createdAt: 'time', total: 'money' },
  combinations: [
    { where: [], range: 'total', sort: times },
    { where: [], sort: totals },
    { where: ['status'], range: 'total', sort: times },
    { where: ['status'], sort: totals },
    { where: ['customerId'], sort: totals },
  ],
};

describe('the query of a list', () => {
  it('keeps filters and bounds that the list accepts together, and the sort', () => {
    const query = { status: 'paid', sort: 'createdAt' };
    expect(withFilter(spec, query, { 'total[gte]': '100' })).toEqual({ ...query, 'total[gte]': '100' });
    expect(withFilter(spec, { 'total[gte]': '100' }, { status: 'paid' })).toEqual({
      status: 'paid',
      'total[gte]': '100',
    });
  });

  it('keeps the change, and drops what the list does not accept together with it', () => {
    const query = { status: 'paid', 'createdAt[lt]': '2026-01-01T00:00:00.000Z', sort: 'createdAt' };
    expect(withFilter(spec, query, { customerId: 'C-1' })).toEqual({ customerId: 'C-1' });
  });

  it('offers the sorts that bounds allow', () => {
    expect(listSorts(spec, {})).toEqual([...times, ...totals]);
    expect(listSorts(spec, { 'createdAt[gte]': '2026-01-01' })).toEqual(times);
    expect(listSorts(spec, { customerId: 'C-1', 'createdAt[gte]': '2026-01-01' })).toEqual([]);
  });

  it('removes a filter with an empty value', () => {
    expect(withFilter(spec, { status: 'paid', 'total[gte]': '1' }, { status: '' })).toEqual({ 'total[gte]': '1' });
  });
});

describe('the call of a list', () => {
  const call = { action: { route: 'GET /v1/products' }, input: { query: { status: 'active', 'price[gte]': '6000' } } };

  it('writes bounds as typed values in TypeScript, and encoded in a URL', () => {
    expect(toTypeScript(call, 'http://127.0.0.1')).toContain('"price[gte]": 6000');
    expect(toCurl(call, { apiUrl: 'http://127.0.0.1', key: '' })).toContain('?status=active&price%5Bgte%5D=6000');
  });
});

describe('money', () => {
  it('has the decimals of its currency, without rounding', () => {
    expect(toDecimal({ amount: 5, currency: 'EUR' })).toBe('0.05');
    expect(toDecimal({ amount: 1250, currency: 'JPY' })).toBe('1250');
    expect(formatMoney({ amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' })).toBe('€90,071,992,547,409.91');
  });

  it('is read from a decimal number with at most those decimals', () => {
    expect(parseDecimal('12.5', 'EUR')).toBe(1250);
    expect(parseDecimal(' 12,50 ', 'EUR')).toBe(1250);
    for (const text of ['12.505', '-1', '1e3', '', '99999999999999999'])
      expect(parseDecimal(text, 'EUR')).toBeUndefined();
    expect(parseDecimal('12.5', 'JPY')).toBeUndefined();
  });
});
