import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { type Flat, issueOf, ListThings, Thing, time } from '../../test/list-things.ts';
import { defineRoute } from '../routes/route.ts';
import type { InputOf } from '../routes/route-spec.ts';
import { definePage, getListItem, IsoDate } from './list-query.ts';

const legal =
  'Legal are: no filter sorted by -createdAt or name; group sorted by -createdAt or createdAt; group + tag sorted by name. Bounds are set on the sorted field only.';

describe('a list query', () => {
  it('without parameters is the first page of the first sort', () => {
    expect(ListThings.parse({})).toStrictEqual({
      where: {},
      sort: '-createdAt',
      limit: 20,
      cursor: undefined,
      fields: undefined,
    });
  });

  it('splits what it is given', () => {
    const query = {
      group: 'wood',
      'createdAt[gte]': time,
      sort: 'createdAt',
      limit: '5',
      cursor: 'abc.def',
      fields: 'id,name',
    };
    expect(ListThings.parse(query)).toStrictEqual({
      where: { group: 'wood', createdAt: { $gte: new Date(time) } },
      sort: 'createdAt',
      limit: 5,
      cursor: 'abc.def',
      fields: ['id', 'name'],
    });
  });

  it('takes all four bounds at once', () => {
    const query = { sort: 'name', 'name[gt]': 'a', 'name[gte]': 'b', 'name[lt]': 'c', 'name[lte]': 'd' };
    expect(ListThings.parse(query).where).toEqual({ name: { $gt: 'a', $gte: 'b', $lt: 'c', $lte: 'd' } });
  });

  it('has the first sort of its filters as the default, in whatever order they come', () => {
    expect(ListThings.parse({ group: 'wood' }).sort).toBe('-createdAt');
    expect(ListThings.parse({ tag: 'a', group: 'wood' }).sort).toBe('name');
  });

  it('has the first sort that its bounds allow as the default', () => {
    expect(ListThings.parse({ 'name[gt]': 'a' }).sort).toBe('name');
    expect(ListThings.parse({ 'createdAt[gt]': time }).sort).toBe('-createdAt');
  });

  it('has types: filters and times on one side, texts on the other', () => {
    const route = defineRoute({
      method: 'GET',
      path: '/v1/things',
      summary: 'List the things',
      auth: 'public',
      query: ListThings,
      responses: { 200: definePage(Thing) },
    });
    type Query = InputOf<typeof route>['query'];
    expectTypeOf<Query['sort']>().toEqualTypeOf<'-createdAt' | 'name' | 'createdAt'>();
    expectTypeOf<Query['where']['group']>().toEqualTypeOf<'light' | 'wood' | undefined>();
    expectTypeOf<NonNullable<Query['where']['createdAt']>['$gte']>().toEqualTypeOf<Date | undefined>();
    expectTypeOf<z.input<typeof ListThings>['createdAt[gte]']>().toEqualTypeOf<string | undefined>();
  });
});

describe('a combination that no index serves is refused, naming the legal ones', () => {
  it.each<[string, Flat, string]>([
    ['a filter alone that needs another', { tag: 'a' }, 'tag'],
    ['a sort that its filter does not have', { group: 'wood', sort: 'name' }, 'sort'],
    ['a sort that only a filter has', { sort: 'createdAt' }, 'sort'],
    ['bounds on another field than the sort', { 'createdAt[gt]': time, sort: 'name' }, 'sort'],
    ['bounds on two fields', { 'createdAt[gt]': time, 'name[gt]': 'a' }, 'createdAt'],
    ['bounds that no sort of the filter allows', { group: 'wood', 'name[gt]': 'a' }, 'name'],
  ])('%s', (_, query, path) => {
    expect(issueOf(query)).toMatchObject({
      path: [path],
      params: { code: 'unsupported-combination' },
      message: `These filters and this sort do not combine. ${legal}`,
    });
  });
});

describe('IsoDate', () => {
  it('is a Date on one side and text on the other', () => {
    expect(z.decode(IsoDate, time)).toEqual(new Date(time));
    expect(z.encode(IsoDate, new Date(time))).toBe(time);
    expect(z.decode(IsoDate, '2024-02-29T00:00:00Z')).toEqual(new Date('2024-02-29T00:00:00.000Z'));
  });

  it.each([
    '2026-01-31T09:30:00+01:00',
    '2026-01-31T09:30:00+00:00',
    '2026-01-31T09:30:00',
    '2026-01-31',
    '2025-02-29T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '1769851800000',
    '',
  ])('refuses %j, which is no time in UTC', (text) => {
    expect(IsoDate.safeParse(text).success).toBe(false);
  });

  it('refuses to send what is no time', () => {
    expect(z.safeEncode(IsoDate, new Date(Number.NaN)).success).toBe(false);
  });
});

describe('the API reference', () => {
  it('can be made of it, with every parameter as it travels', () => {
    const json = z.toJSONSchema(ListThings, { io: 'input' });
    expect(Object.keys(json.properties ?? {})).toEqual([
      'group',
      'tag',
      'createdAt[gt]',
      'createdAt[gte]',
      'createdAt[lt]',
      'createdAt[lte]',
      'name[gt]',
      'name[gte]',
      'name[lt]',
      'name[lte]',
      'sort',
      'limit',
      'cursor',
      'fields',
    ]);
    expect(json).toMatchObject({
      additionalProperties: false,
      properties: {
        'createdAt[gte]': { type: 'string', format: 'date-time' },
        sort: { enum: ['-createdAt', 'name', 'createdAt'] },
        limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
      },
    });
    expect(json.required ?? []).toEqual([]);
  });
});

describe('getListItem', () => {
  it('gives the DTO of the items of a list query, and nothing for another query', () => {
    expect(getListItem(ListThings)).toBe(Thing);
    expect(getListItem(z.object({}))).toBeUndefined();
    expect(getListItem(undefined)).toBeUndefined();
  });
});

describe('definePage', () => {
  it('asks for items and the next cursor, which is null on the last page', () => {
    const Page = definePage(Thing);
    const item = { id: 'a', name: 'b', group: 'c', createdAt: time };
    expect(Page.parse({ items: [item], nextCursor: null })).toEqual({ items: [item], nextCursor: null });
    expect(Page.safeParse({ items: [item] }).success).toBe(false);
    expect(Page.safeParse({ items: [{ id: 'a' }], nextCursor: 'a' }).success).toBe(false);
  });
});
