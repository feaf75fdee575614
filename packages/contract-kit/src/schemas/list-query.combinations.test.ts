import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Flat } from '../../test/list-things.ts';
import { IsoDate } from './iso-date.ts';
import { defineListQuery, getListCombinations } from './list-query.ts';

const Order = z.object({ id: z.string(), status: z.string(), total: z.int(), createdAt: z.iso.datetime() });
const ListOrders = defineListQuery({
  item: Order,
  filters: { status: z.enum(['placed', 'paid', 'shipped']), customer: z.string().max(5) },
  ranges: { createdAt: IsoDate, total: z.coerce.number().int() },
  combinations: [
    { sort: ['-createdAt'], range: 'total' },
    { where: ['status'], in: 'status', range: 'total', sort: ['-createdAt', 'total'] },
    { where: ['customer'], in: 'customer', sort: ['-createdAt'] },
    { where: ['status', 'customer'], sort: ['-createdAt'] },
  ],
});
const supported =
  'Supported: no filter sorted by -createdAt with bounds on total; status (one or several) sorted by -createdAt or total with bounds on total; customer (one or several) sorted by -createdAt; status + customer sorted by -createdAt. Several values are separated by commas, at most 20. Other bounds apply to the sorted field only. With bounds on another field a page may have fewer items than `limit`, even none, before the last page.';
const time = '2026-01-31T09:30:00.000Z';

const getIssue = (query: Flat) => ListOrders.safeParse(query).error?.issues[0];

describe('several values of a filter', () => {
  it('are separated by commas; one value is compared by equality', () => {
    expect(ListOrders.parse({ status: 'placed,paid' }).where).toEqual({ status: { $in: ['placed', 'paid'] } });
    expect(ListOrders.parse({ status: 'paid' }).where).toEqual({ status: 'paid' });
    expect(ListOrders.parse({ status: 'paid,paid' }).where).toEqual({ status: 'paid' });
    expect(ListOrders.parse({ customer: 'a,$ne,.*,\0' }).where).toEqual({
      customer: { $in: ['a', '$ne', '.*', '\0'] },
    });
  });

  it('boundary: are at most 20, of the schema of the filter', () => {
    const list = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`).join(',');
    expect(ListOrders.safeParse({ customer: list(20) }).success).toBe(true);
    expect(getIssue({ customer: list(21) })).toMatchObject({
      path: ['customer'],
      message: 'must be at most 20 values',
    });
    expect(getIssue({ customer: 'a,too-long' })).toMatchObject({ path: ['customer', 1] });
  });

  it.each(['', ',', 'paid,', ',paid', 'paid,,placed', 'paid, placed', 'sold', 'paid,sold', 'paid;placed'])(
    'refuses %j and names the values',
    (status) => {
      const message = 'must be values of placed, paid, shipped, separated by commas';
      expect(getIssue({ status })).toMatchObject({ path: ['status'], message });
    },
  );

  it.each<[Flat, string]>([
    [{ status: ['placed', 'paid'] }, 'status'],
    [{ status: { $in: ['paid'] } }, 'status'],
    [{ customer: ['a', 'b'] }, 'customer'],
  ])('refuses a repeated parameter or an operator: %j', (query, path) => {
    expect(getIssue(query)).toMatchObject({ path: [path] });
  });

  it('are refused by name where the combination takes one value', () => {
    expect(ListOrders.safeParse({ status: 'paid', customer: 'a' }).success).toBe(true);
    expect(getIssue({ status: 'paid,placed', customer: 'a' })).toMatchObject({
      path: ['status'],
      params: { code: 'unsupported-combination' },
      message: `Several values of status are not supported with these filters. ${supported}`,
    });
  });
});

describe('a second range', () => {
  it('is combined with bounds on the sorted field, or stands alone', () => {
    expect(ListOrders.parse({ 'total[gte]': '5', 'createdAt[lt]': time })).toMatchObject({
      where: { total: { $gte: 5 }, createdAt: { $lt: new Date(time) } },
      sort: '-createdAt',
    });
    expect(ListOrders.parse({ 'total[gte]': '5' }).sort).toBe('-createdAt');
    expect(ListOrders.parse({ status: 'paid', 'total[gte]': '5', sort: 'total' }).sort).toBe('total');
  });

  it.each<[Flat, string]>([
    [{ customer: 'a', 'total[gte]': '5' }, 'total'],
    [{ status: 'paid', 'createdAt[lt]': time, sort: 'total' }, 'sort'],
  ])('is refused where no combination names it: %j', (query, path) => {
    expect(getIssue(query)).toMatchObject({
      path: [path],
      message: `This combination of filters, bounds and sort is not supported. ${supported}`,
    });
  });
});

it('a filter with several values must be one of its combination', () => {
  const define = () =>
    defineListQuery({
      item: Order,
      filters: { status: z.string() },
      ranges: {},
      combinations: [{ in: 'status', sort: ['createdAt'] }],
    });
  expect(define).toThrow("A combination names 'status' in 'in' and not in 'where'. Add it to 'where'.");
});

it('the API reference has the combinations, and the values of an enum as a pattern', () => {
  expect(getListCombinations(ListOrders)).toBe(supported);
  expect(z.toJSONSchema(ListOrders, { io: 'input' })).toMatchObject({
    properties: {
      status: {
        type: 'string',
        pattern: '^(placed|paid|shipped)(,(placed|paid|shipped))*$',
        description: 'One value, or up to 20 separated by commas.',
      },
      customer: { type: 'string' },
    },
  });
});

it('types: only a filter with several values may be a list', () => {
  type Query = z.output<typeof ListOrders>;
  type Status = 'placed' | 'paid' | 'shipped';
  expectTypeOf<Query['where']['status']>().toEqualTypeOf<Status | { readonly $in: readonly Status[] } | undefined>();
  expectTypeOf<z.input<typeof ListOrders>['status']>().toEqualTypeOf<Status | `${string},${string}` | undefined>();
  expectTypeOf<Query['where']['total']>().toEqualTypeOf<
    { readonly $gt?: number; readonly $gte?: number; readonly $lt?: number; readonly $lte?: number } | undefined
  >();
});
