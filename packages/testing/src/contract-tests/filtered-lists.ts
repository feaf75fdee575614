import { keysExaminedMax } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import type { Thing } from './collections.ts';
import { createTenant, type Fixture } from './fixture.ts';
import { createMixedThings, listPages, type Query, sortThings } from './lists.ts';

const both = { $in: ['beta', 'alpha'] } as const;

const filtered: readonly [string, Query, (thing: Thing) => boolean][] = [
  ['$in, by a field with equal values', { where: { group: both }, sort: 'rank' }, () => true],
  ['$in, descending', { where: { group: both }, sort: '-rank' }, () => true],
  ['$in, by id', { where: { group: both }, sort: '-_id' }, () => true],
  ['one value twice', { where: { group: { $in: ['beta', 'beta'] } }, sort: 'rank' }, ({ group }) => group === 'beta'],
  ['$in and equality', { where: { group: both, active: false }, sort: '-createdAt' }, ({ active }) => !active],
  [
    '$in and bounds on the sort',
    { where: { group: both, rank: { $gte: 0, $lt: 3 } }, sort: '-rank' },
    ({ rank }) => rank >= 0 && rank < 3,
  ],
  [
    'bounds on another field',
    { where: { stock: { $gte: 2, $lte: 4 } }, sort: 'rank' },
    ({ stock }) => stock >= 2 && stock <= 4,
  ],
  [
    'bounds on the sort and on another field',
    { where: { rank: { $gt: -2.5, $lte: 1 }, stock: { $gt: 1 } }, sort: '-rank' },
    ({ rank, stock }) => rank > -2.5 && rank <= 1 && stock > 1,
  ],
  [
    'equality and bounds on another field',
    { where: { group: 'alpha', stock: { $lt: 4 } }, sort: '-rank' },
    ({ group, stock }) => group === 'alpha' && stock < 4,
  ],
  [
    '$in, bounds on the sort and on another field',
    { where: { group: both, rank: { $gte: 0 }, stock: { $lt: 4 } }, sort: 'rank' },
    ({ rank, stock }) => rank >= 0 && stock < 4,
  ],
];

const orderCases = (use: () => Fixture): void => {
  it.each(filtered)(
    'by %s: the pages together are the sorted documents, with any limit',
    async (_, query, isExpected) => {
      const fixture = use();
      const ctx = fixture.context();
      await createMixedThings(fixture, fixture.context());
      const expected = sortThings((await createMixedThings(fixture, ctx)).filter(isExpected), query.sort);
      expect(expected.length).toBeGreaterThan(2);
      for (const limit of [1, 2, 5, expected.length, 100]) {
        const pages = await listPages(fixture, ctx, { ...query, limit });
        expect(pages.flat()).toEqual(expected);
        expect(pages).toHaveLength(Math.ceil(expected.length / limit));
      }
    },
  );

  it('boundary: no value, an unknown one and contradicting bounds match nothing', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach([{}]);
    const list = (where: object) => things.list({ where, sort: 'rank', limit: 100 });
    const empty = { items: [], nextCursor: null };
    expect(await list({ group: { $in: [] } })).toEqual(empty);
    expect(await list({ group: { $in: ['$ne', '.*', '\0'] } })).toEqual(empty);
    expect(await list({ group: both, stock: { $gt: 3, $lt: 3 } })).toEqual(empty);
    expect(await list({ group: both, rank: { $gt: 2, $lt: 1 } })).toEqual(empty);
    const twenty = Array.from({ length: 20 }, (_, index) => (index === 19 ? 'alpha' : `group ${index}`));
    expect((await list({ group: { $in: twenty } })).items).toHaveLength(1);
    await expect(list({ group: { $in: [...twenty, 'beta'] } })).rejects.toThrow('at most 20 values');
  });

  it('race: an insertion, a change of group and a removal between two pages repeat nothing', async () => {
    const { insertEach, things, write } = createTenant(use());
    const before = await insertEach(
      [1, 2, 2, 2, 3].map((rank, index) => ({ rank, group: index % 2 ? 'alpha' : 'beta' })),
    );
    const query = { where: { group: both }, sort: 'rank' } as const;
    const first = await things.list({ ...query, limit: 3 });
    expect(first.items).toEqual(before.slice(0, 3));
    const [added] = (await insertEach([{ rank: 2, group: 'beta' }])) as [Thing];
    const moved = await write(() => things.update(before[3] as Thing, { $set: { group: 'beta' } }));
    await write(() => things.remove(first.items[2] as Thing));
    const rest = await things.list({ ...query, limit: 100, cursor: first.nextCursor ?? '' });
    expect(rest).toEqual({ items: [moved, added, before[4]], nextCursor: null });
  });

  it('integrity: a cursor is rejected with other values or other bounds', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach([{ group: 'alpha' }, { group: 'beta' }]);
    const list = (where: object, cursor?: string) => things.list({ where, sort: 'rank', limit: 1, cursor });
    const { nextCursor } = await list({ group: both, stock: { $gte: 1 } });
    for (const where of [
      { group: both },
      { group: { $in: ['beta'] }, stock: { $gte: 1 } },
      { group: both, stock: { $gte: 0 } },
    ]) {
      await expect(list(where, nextCursor ?? '')).rejects.toMatchObject({ code: 'invalid-cursor' });
    }
  });
};

/** More documents than a page with a second range examines; only the last ones match. */
const addContacts = async ({ contacts, write }: ReturnType<typeof createTenant>, count: number) => {
  for (let start = 0; start < count; start += 1000) {
    const indexes = Array.from({ length: Math.min(1000, count - start) }, (_, index) => start + index);
    await write(() =>
      indexes.map((index) =>
        contacts.insert({ name: index < 3000 ? 'Ada' : 'Bob', visits: index < count - 3 ? 0 : 1 }),
      ),
    );
  }
};

const examinedCases = (use: () => Fixture): void => {
  it('boundary: a page that would examine too many keys is shorter, and its cursor continues the search', async () => {
    const tenant = createTenant(use());
    const { contacts } = tenant;
    await addContacts(tenant, keysExaminedMax + 2);
    for (const sort of ['name', '-name'] as const) {
      const pages: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await contacts.list({ where: { visits: { $gt: 0 } }, sort, limit: 2, cursor });
        pages.push(page.items.length);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(pages).toEqual(sort === 'name' ? [1, 2] : [2, 1, 0]);
    }
  }, 60_000);
};

/** The guarantees of lists with `$in` and with bounds on a second field. */
export const filteredListCases = (use: () => Fixture): void => {
  describe('list with several values or a second range', () => {
    orderCases(use);
    examinedCases(use);
  });
};
