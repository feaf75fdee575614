import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { type Flat, getIssue, ListThings, Thing, time } from '../../test/list-things.ts';
import { defineRoute } from '../routes/route.ts';
import type { InputOf } from '../routes/route-spec.ts';
import { definePage, getListCombinations, getListItem, getListSpec } from './list-query.ts';

const supported =
  'Supported: no filter sorted by -createdAt or name; group sorted by -createdAt or createdAt; group + tag sorted by name. Bounds apply to the sorted field only.';

describe('a list query', () => {
  it('without parameters requests the first page of the first sort', () => {
    expect(ListThings.parse({})).toStrictEqual({
      where: {},
      sort: '-createdAt',
      limit: 20,
      cursor: undefined,
      fields: undefined,
    });
  });

  it('separates filters, bounds, sort, page and fields', () => {
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

  it('accepts all four bounds together', () => {
    const query = { sort: 'name', 'name[gt]': 'a', 'name[gte]': 'b', 'name[lt]': 'c', 'name[lte]': 'd' };
    expect(ListThings.parse(query).where).toEqual({ name: { $gt: 'a', $gte: 'b', $lt: 'c', $lte: 'd' } });
  });

  it('defaults to the first sort of its filters, in any order', () => {
    expect(ListThings.parse({ group: 'wood' }).sort).toBe('-createdAt');
    expect(ListThings.parse({ tag: 'a', group: 'wood' }).sort).toBe('name');
  });

  it('defaults to the first sort that its bounds allow', () => {
    expect(ListThings.parse({ 'name[gt]': 'a' }).sort).toBe('name');
    expect(ListThings.parse({ 'createdAt[gt]': time }).sort).toBe('-createdAt');
  });

  it('has typed filters and times in actions, and text on the wire', () => {
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

describe('a combination that no index serves is refused with the supported ones', () => {
  it.each<[string, Flat, string]>([
    ['a filter that needs another one', { tag: 'a' }, 'tag'],
    ['a sort that its filter does not allow', { group: 'wood', sort: 'name' }, 'sort'],
    ['a sort that needs a filter', { sort: 'createdAt' }, 'sort'],
    ['bounds on a field that is not the sort', { 'createdAt[gt]': time, sort: 'name' }, 'sort'],
    ['bounds on two fields', { 'createdAt[gt]': time, 'name[gt]': 'a' }, 'createdAt'],
    ['bounds that no sort of the filter allows', { group: 'wood', 'name[gt]': 'a' }, 'name'],
  ])('%s', (_, query, path) => {
    expect(getIssue(query)).toMatchObject({
      path: [path],
      params: { code: 'unsupported-combination' },
      message: `This combination of filters, bounds and sort is not supported. ${supported}`,
    });
  });
});

describe('the API reference', () => {
  it('lists every parameter as sent in the URL', () => {
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
  it('returns the DTO of the items of a list query, and undefined for another query', () => {
    expect(getListItem(ListThings)).toBe(Thing);
    expect(getListItem(z.object({}))).toBeUndefined();
    expect(getListItem(undefined)).toBeUndefined();
  });
});

describe('getListSpec', () => {
  it('returns the filters and combinations of a list query, and undefined for another query', () => {
    expect(getListSpec(ListThings)?.item).toBe(Thing);
    expect(getListSpec(ListThings)?.combinations.map(({ sort }) => sort[0])).toContain('-createdAt');
    expect(getListSpec(z.object({}))).toBeUndefined();
    expect(getListSpec(undefined)).toBeUndefined();
  });
});

describe('getListCombinations', () => {
  it('returns the supported combinations in words, and undefined for another query', () => {
    expect(getListCombinations(ListThings)).toBe(supported);
    expect(getListCombinations(z.object({}))).toBeUndefined();
    expect(getListCombinations(undefined)).toBeUndefined();
  });
});

describe('definePage', () => {
  it('derives its example from the item', () => {
    const example = { id: 'a', name: 'b', group: 'c', createdAt: time };
    const page = definePage(Thing.meta({ examples: [example] }));
    expect(page.meta()?.['examples']).toEqual([{ items: [example], nextCursor: null }]);
    expect(definePage(Thing).meta()?.['examples']).toBeUndefined();
  });

  it('requires items and the next cursor, which is null on the last page', () => {
    const Page = definePage(Thing);
    const item = { id: 'a', name: 'b', group: 'c', createdAt: time };
    expect(Page.parse({ items: [item], nextCursor: null })).toEqual({ items: [item], nextCursor: null });
    expect(Page.safeParse({ items: [item] }).success).toBe(false);
    expect(Page.safeParse({ items: [{ id: 'a' }], nextCursor: 'a' }).success).toBe(false);
  });
});
