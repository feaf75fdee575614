import { type Ctx, defineMapper, type ListQuery } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { compare } from '../fake/compare.ts';
import { createThing, sortedFields, type Thing } from './collections.ts';
import { createTenant, type Fixture } from './fixture.ts';

export type Query = Omit<ListQuery<Thing>, 'cursor' | 'limit'>;

/** Follows the cursors to the end. @returns the pages. */
export const listPages = async (
  fixture: Fixture,
  ctx: Ctx,
  { limit, ...query }: Query & { limit: number },
): Promise<Thing[][]> => {
  const pages: Thing[][] = [];
  let cursor: string | undefined;
  do {
    const page = await fixture.things.for(ctx).list({ ...query, limit, cursor });
    pages.push(page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && pages.length < 200);
  return pages;
};

export const listIds = (documents: readonly Thing[]): string[] => documents.map(({ _id }) => _id);

export const sortThings = (documents: readonly Thing[], sort: string): Thing[] => {
  const field = sort.replace('-', '') as keyof Thing;
  const ascending = documents.toSorted(
    (left, right) => compare(left[field], right[field]) || compare(left._id, right._id),
  );
  return sort.startsWith('-') ? ascending.reverse() : ascending;
};

/** Creates documents with many equal values and some absent ones. */
export const createMixedThings = async ({ insertEach }: Fixture, ctx: Ctx): Promise<Thing[]> =>
  insertEach(
    ctx,
    Array.from({ length: 17 }, (_, index) => ({
      rank: [1, -2.5, 3, 0, 2 ** 33][(index * 7) % 5] as number,
      name: ['b', 'a', '', 'B', '\u{1F600}', '\uFFFD', 'a\0'][(index * 5) % 7] as string,
      active: index % 3 === 0,
      group: index % 2 ? ('alpha' as const) : ('beta' as const),
      stock: index % 6,
      ...(index % 4 !== 0 && { due: new Date(1000 + (index % 3)) }),
    })),
  );

const sorts = sortedFields.flatMap((field) => [field, `-${field}`] as const);

const orderCases = (use: () => Fixture): void => {
  it.each(sorts)('by %s: the pages together are the sorted documents, with any limit', async (sort) => {
    const fixture = use();
    const ctx = fixture.context();
    const expected = sortThings(await createMixedThings(fixture, ctx), sort);
    for (const limit of [1, 2, 5, 16, 17, 100]) {
      const pages = await listPages(fixture, ctx, { where: {}, sort, limit });
      expect(pages.flat()).toEqual(expected);
      expect(pages).toHaveLength(Math.ceil(expected.length / limit));
    }
  });

  const filtered: readonly [string, Query, (thing: Thing) => boolean][] = [
    ['equality', { where: { group: 'beta' }, sort: '-rank' }, ({ group }) => group === 'beta'],
    [
      'two equalities',
      { where: { active: false, group: 'alpha' }, sort: 'createdAt' },
      ({ active, group }) => !active && group === 'alpha',
    ],
    ['a lower bound', { where: { rank: { $gt: 0 } }, sort: 'rank' }, ({ rank }) => rank > 0],
    ['an upper bound', { where: { rank: { $lt: 1 } }, sort: '-rank' }, ({ rank }) => rank < 1],
    [
      'inclusive bounds',
      { where: { rank: { $gte: 0, $lte: 3 } }, sort: '-rank' },
      ({ rank }) => rank >= 0 && rank <= 3,
    ],
    [
      'bounds on text',
      { where: { name: { $gte: 'a', $lt: 'b' } }, sort: 'name' },
      ({ name }) => name === 'a' || name === 'a\0',
    ],
    [
      'equality and a range',
      { where: { group: 'alpha', rank: { $gt: -2.5, $lte: 3 } }, sort: '-rank' },
      ({ group, rank }) => group === 'alpha' && rank > -2.5 && rank <= 3,
    ],
    [
      'a bound on a field that some documents lack',
      { where: { due: { $lte: new Date(1001) } }, sort: '-due' },
      ({ due }) => due !== undefined && due.getTime() <= 1001,
    ],
  ];

  it.each(filtered)('filtered by %s', async (_, query, isExpected) => {
    const fixture = use();
    const ctx = fixture.context();
    const expected = sortThings((await createMixedThings(fixture, ctx)).filter(isExpected), query.sort);
    expect(expected.length).toBeGreaterThan(1);
    for (const limit of [1, 3, 100]) {
      expect((await listPages(fixture, ctx, { ...query, limit })).flat()).toEqual(expected);
    }
  });

  it('a range on _id, in both directions', async () => {
    const fixture = use();
    const ctx = fixture.context();
    const ids = listIds(await createMixedThings(fixture, ctx)) as [string, string, string, ...string[]];
    const from = (sort: '_id' | '-_id', bounds: object) =>
      listPages(fixture, ctx, { where: { _id: bounds }, sort, limit: 2 });
    expect(listIds((await from('_id', { $gt: ids[2] })).flat())).toEqual(ids.slice(3));
    expect(listIds((await from('-_id', { $gte: ids[2] })).flat())).toEqual(ids.slice(2).reverse());
    expect(listIds((await from('_id', { $lt: ids[2] })).flat())).toEqual(ids.slice(0, 2));
    expect(listIds((await from('-_id', { $lte: ids[2] })).flat())).toEqual(ids.slice(0, 3).reverse());
  });
};

const changeCases = (use: () => Fixture): void => {
  const directions = [{ sort: 'rank' }, { sort: '-rank' }] as const;

  it.each(directions)('race: by $sort: an insertion between two pages skips and repeats nothing', async ({ sort }) => {
    const { insertEach, things } = createTenant(use());
    const before = await insertEach([{ rank: 1 }, { rank: 2 }, { rank: 2 }, { rank: 2 }, { rank: 3 }]);
    const first = await things.list({ where: {}, sort, limit: 3 });
    const added = await insertEach([{ rank: 0 }, { rank: 2 }, { rank: 4 }]);
    const rest = await things.list({ where: {}, sort, limit: 100, cursor: first.nextCursor ?? '' });
    const seen = listIds([...first.items, ...rest.items]);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => !listIds(added).includes(id))).toEqual(listIds(sortThings(before, sort)));
  });

  it.each(directions)('race: by $sort: the cursor stays valid when its document is removed', async ({ sort }) => {
    const { insertEach, things, write } = createTenant(use());
    const expected = sortThings(
      await insertEach([{ rank: 1 }, { rank: 2 }, { rank: 2 }, { rank: 2 }, { rank: 3 }]),
      sort,
    );
    const first = await things.list({ where: {}, sort, limit: 3 });
    await write(() => things.remove(first.items[2] as Thing));
    const rest = await things.list({ where: {}, sort, limit: 3, cursor: first.nextCursor ?? '' });
    expect(rest).toEqual({ items: expected.slice(3), nextCursor: null });
  });
};

const boundaryCases = (use: () => Fixture): void => {
  it('boundary: an empty tenant, a filter without matches and an empty range return an empty last page', async () => {
    const { context, insertEach, things } = use();
    const empty = { items: [], nextCursor: null };
    expect(await things.for(context()).list({ where: {}, sort: '-createdAt', limit: 100 })).toEqual(empty);
    const ctx = context();
    await insertEach(ctx, [{ rank: 1 }]);
    const list = (where: ListQuery<Thing>['where']) => things.for(ctx).list({ where, sort: 'rank', limit: 100 });
    expect(await list({ group: 'beta' })).toEqual(empty);
    expect(await list({ rank: { $gt: 1 } })).toEqual(empty);
    expect(await list({ rank: { $gt: 1, $lt: 1 } })).toEqual(empty);
    expect(await list({ rank: { $gt: 0, $lte: 0 } })).toEqual(empty);
    expect(await list({ rank: { $gte: 2, $lt: 1 } })).toEqual(empty);
  });

  it('boundary: a page of 100 out of 100 is the last, out of 101 is not', async () => {
    const { things, write } = createTenant(use());
    const list = (cursor?: string) => things.list({ where: {}, sort: 'createdAt', limit: 100, cursor });
    const created = await write(() => Array.from({ length: 100 }, () => things.insert(createThing())));
    expect(await list()).toEqual({ items: created, nextCursor: null });
    const last = await write(() => things.insert(createThing()));
    const page = await list();
    expect(page.items).toEqual(created);
    expect(await list(page.nextCursor ?? '')).toEqual({ items: [last], nextCursor: null });
  });

  it('a filter on a unique index returns its one document, with any sort', async () => {
    const { insertEach, things } = createTenant(use());
    const [thing] = await insertEach([{ sku: 'one', stock: 5 }, { sku: 'two' }]);
    const list = things.list;
    expect(await list({ where: { sku: 'one' }, sort: '-stock', limit: 1 })).toEqual({
      items: [thing],
      nextCursor: null,
    });
    const narrowed = { sku: 'one', stock: { $gt: 5 } };
    expect(await list({ where: narrowed, sort: 'name', limit: 1 })).toEqual({ items: [], nextCursor: null });
  });
};

type Card = { id: string; label: string; due?: string; tags: string[]; count?: number };

const toCard = defineMapper<Thing, Card>({ id: '_id', label: 'name', due: 'due', tags: 'tags', count: 'count' });

const mapperCases = (use: () => Fixture): void => {
  it('returns mapped documents page by page', async () => {
    const fixture = use();
    const ctx = fixture.context();
    const expected = sortThings(await createMixedThings(fixture, ctx), 'name').map(toCard);
    const list = fixture.things.for(ctx).list;
    const first = await list({ where: {}, sort: 'name', limit: 9 }, toCard);
    const rest = await list({ where: {}, sort: 'name', limit: 9, cursor: first.nextCursor ?? '' }, toCard);
    expect(first.items).toEqual(expected.slice(0, 9));
    expect({ ...rest }).toEqual({ items: expected.slice(9), nextCursor: null });
  });
};

/** The guarantees of `list`: order, completeness, stability. */
export const listCases = (use: () => Fixture): void => {
  describe('list', () => {
    orderCases(use);
    changeCases(use);
    boundaryCases(use);
    mapperCases(use);
  });
};
