import { describe, expect, it } from 'vitest';
import type { Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';
import { listIds, listPages, type Query, sortThings } from './lists.ts';

const tags = [['red', 'blue'], ['blue'], [], ['red', 'red', 'red'], ['Red'], ['blue', 'green', 'red']];

const addTagged = ({ insertEach }: ReturnType<typeof createTenant>) =>
  insertEach(
    Array.from({ length: 18 }, (_, index) => ({
      tags: tags[index % tags.length] as string[],
      rank: index % 2,
      stock: index % 4,
    })),
  );

const red = ({ tags: found }: Thing): boolean => found.includes('red');
const blue = ({ tags: found }: Thing): boolean => found.includes('blue');

const filtered: readonly [string, Query, (thing: Thing) => boolean][] = [
  ['an element', { where: { tags: 'red' }, sort: 'createdAt' }, red],
  ['an element, descending', { where: { tags: 'red' }, sort: '-createdAt' }, red],
  ['an element and equality', { where: { tags: 'blue', active: true }, sort: 'rank' }, blue],
  [
    'an element and bounds on the sort',
    { where: { tags: 'red', createdAt: { $gt: new Date(0) } }, sort: 'createdAt' },
    red,
  ],
  [
    'an element and bounds on another field',
    { where: { tags: 'red', active: true, stock: { $gte: 2 } }, sort: '-rank' },
    (thing) => red(thing) && thing.stock >= 2,
  ],
  [
    'one of several elements',
    { where: { tags: { $in: ['red', 'blue'] } }, sort: '-createdAt' },
    (thing) => red(thing) || blue(thing),
  ],
];

/** The guarantees of filters on arrays. */
export const arrayCases = (use: () => Fixture): void => {
  describe('a filter on an array', () => {
    it.each(filtered)('by %s: a list has each document once, in pages of any limit', async (_, query, isExpected) => {
      const tenant = createTenant(use());
      await addTagged(createTenant(use()));
      const expected = sortThings((await addTagged(tenant)).filter(isExpected), query.sort);
      expect(expected.length).toBeGreaterThan(2);
      for (const limit of [1, 2, 5, 100]) {
        const pages = await listPages(use(), tenant.ctx, { ...query, limit });
        expect(pages.flat()).toEqual(expected);
        expect(pages).toHaveLength(Math.ceil(expected.length / limit));
      }
    });

    it('finds a document by an element, and changes it by one', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [one, two] = (await insertEach([{ tags: ['a', 'b'] }, { tags: ['c'] }])) as [Thing, Thing];
      expect(await things.find({ tags: 'b' })).toEqual(one);
      expect(await things.find({ tags: { $in: ['x', 'c'] } })).toEqual(two);
      expect(await things.find({ tags: 'A' })).toBeUndefined();
      await write(() => things.updateWhere({ tags: 'c' }, { $set: { note: 'found' } }, suiteErrors.soldOut()));
      expect(await things.get(two._id)).toMatchObject({ note: 'found', version: 2 });
      const missing = write(() => things.updateWhere({ tags: 'x' }, { $set: { note: '' } }, suiteErrors.soldOut()));
      await expect(missing).rejects.toMatchObject({ code: 'sold-out' });
    });

    it('race: a document that gains or loses an element between two pages is repeated in none', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [first, second, third] = (await insertEach([{ tags: ['a'] }, { tags: ['a', 'b'] }, { tags: ['a'] }])) as [
        Thing,
        Thing,
        Thing,
      ];
      const query = { where: { tags: 'a' }, sort: 'createdAt', limit: 1 } as const;
      const page = await things.list(query);
      expect(listIds(page.items)).toEqual([first._id]);
      await write(() => {
        things.update(first, { $push: { tags: 'b' } });
        things.update(second, { $set: { tags: ['b'] } });
      });
      const rest = await things.list({ ...query, cursor: page.nextCursor ?? '' });
      expect(rest).toEqual({ items: [third], nextCursor: null });
    });

    it.each<[string, unknown]>([
      ['bounds', { $gt: 'a' }],
      ['an array', ['a']],
      ['an operator', { $ne: 'a' }],
      ['all of several', { $all: ['a'] }],
      ['a pattern', /a/],
      ['nothing', null],
    ])('rejects %s', async (_, condition) => {
      const { things } = createTenant(use());
      const where = { tags: condition } as never;
      await expect(things.find(where)).rejects.toThrow(/^things: /);
      await expect(things.list({ where, sort: 'createdAt', limit: 1 })).rejects.toThrow(/^things: /);
    });

    it('boundary: hostile, empty and unknown elements match nothing', async () => {
      const tenant = createTenant(use());
      await addTagged(tenant);
      for (const element of ['', '$ne', '.*', '\0', 're', 'tags']) {
        const page = await tenant.things.list({ where: { tags: element }, sort: 'createdAt', limit: 100 });
        expect(page).toEqual({ items: [], nextCursor: null });
      }
    });

    it('rejects an array as the sort, and a list without its index', async () => {
      const { list } = createTenant(use()).things;
      const sorting = list({ where: {}, sort: 'tags' as never, limit: 1 });
      await expect(sorting).rejects.toThrow("a list cannot be sorted by 'tags', which is an array");
      const unserved = list({ where: { tags: 'red' }, sort: 'name', limit: 1 });
      await expect(unserved).rejects.toThrow('Add [tags, name, _id] to its defineCollection');
    });
  });
};
