import type { Draft } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { createMember, type Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

const day = (text: string): Date => new Date(`${text}Z`);
const tooLarge = suiteErrors.soldOut();

const drafts: readonly Partial<Draft<Thing>>[] = [
  { group: 'beta', rank: 2, stock: 1, due: day('2026-01-31T23:59:59.999'), count: 5 },
  { group: 'alpha', rank: 3, stock: 2, due: day('2026-02-01T00:00:00.000') },
  { group: 'alpha', rank: 4, stock: 3, due: day('2026-02-01T12:00:00.000'), active: false },
  { group: 'beta', rank: 2 ** 40, stock: 4, count: -7 },
  { group: 'alpha', rank: -1, stock: 5, due: day('1969-12-31T23:59:59.999') },
];

const resultCases = (use: () => Fixture): void => {
  it('counts and adds up by a field, by a day and by both, in order', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach(drafts);
    await createTenant(use()).insertEach(drafts);
    const query = { where: {}, sum: ['stock', 'rank'], groupsMax: 10 } as const;
    expect(await things.summarise({ ...query, by: 'group' }, tooLarge)).toEqual([
      { by: 'alpha', count: 3, sum: { stock: 10, rank: 6 } },
      { by: 'beta', count: 2, sum: { stock: 5, rank: 2 + 2 ** 40 } },
    ]);
    expect(await things.summarise({ where: {}, byDay: 'due', groupsMax: 4 }, tooLarge)).toEqual([
      { day: null, count: 1 },
      { day: '1969-12-31', count: 1 },
      { day: '2026-01-31', count: 1 },
      { day: '2026-02-01', count: 2 },
    ]);
    expect(await things.summarise({ ...query, sum: ['stock'], by: 'active', byDay: 'due' }, tooLarge)).toEqual([
      { by: true, day: null, count: 1, sum: { stock: 4 } },
      { by: true, day: '1969-12-31', count: 1, sum: { stock: 5 } },
      { by: true, day: '2026-01-31', count: 1, sum: { stock: 1 } },
      { by: false, day: '2026-02-01', count: 1, sum: { stock: 3 } },
      { by: true, day: '2026-02-01', count: 1, sum: { stock: 2 } },
    ]);
  });

  it('summarises all documents as one group, and an absent field as nothing', async () => {
    const { insertEach, things } = createTenant(use());
    const query = { where: {}, sum: ['count'], groupsMax: 1 } as const;
    expect(await things.summarise(query, tooLarge)).toEqual([]);
    await insertEach(drafts);
    expect(await things.summarise(query, tooLarge)).toEqual([{ count: 5, sum: { count: -2 } }]);
    expect(await things.summarise({ where: {}, by: 'count', groupsMax: 3 }, tooLarge)).toEqual([
      { by: null, count: 3 },
      { by: -7, count: 1 },
      { by: 5, count: 1 },
    ]);
  });

  it('summarises what matches the filter', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach(drafts);
    const count = async (where: object) => (await things.summarise({ where, groupsMax: 1 }, tooLarge))[0]?.count;
    expect(await count({ group: 'alpha' })).toBe(3);
    expect(await count({ group: { $in: ['alpha', 'beta'] }, active: true })).toBe(4);
    expect(await count({ group: 'alpha', rank: { $gte: 3 } })).toBe(2);
    expect(await count({ group: { $in: [] } })).toBeUndefined();
    expect(await count({ due: { $gte: day('2026-02-01T00:00'), $lt: day('2026-02-02T00:00') } })).toBe(2);
    expect(await count({ tags: 'none' })).toBeUndefined();
  });

  it('omits removed documents', async () => {
    const { members, write } = createTenant(use());
    const [ada] = await write(() => [members.insert(createMember({ points: 2 })), members.insert(createMember())]);
    await write(() => members.remove(ada as never));
    const query = { where: { team: 'red' }, by: 'team', sum: ['points'], groupsMax: 1 } as const;
    expect(await members.summarise(query, tooLarge)).toEqual([{ by: 'red', count: 1, sum: { points: 1 } }]);
  });
};

const limitCases = (use: () => Fixture): void => {
  it('boundary: as many groups as allowed are returned, one more is an error', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach([{ rank: 1 }, { rank: 2 }, { rank: 3 }]);
    const summarise = (groupsMax: number) => things.summarise({ where: {}, by: 'rank', groupsMax }, tooLarge);
    expect(await summarise(3)).toHaveLength(3);
    expect(await summarise(1000)).toHaveLength(3);
    await expect(summarise(2)).rejects.toBe(tooLarge);
    for (const groupsMax of [0, 1001, 1.5, Number.NaN, '5' as never]) {
      await expect(summarise(groupsMax)).rejects.toThrow('A summary has 1 to 1,000 groups.');
    }
  });

  it('boundary: the largest exact sum is returned, a larger one is an error', async () => {
    const { insertEach, things } = createTenant(use());
    await insertEach([{ stock: Number.MAX_SAFE_INTEGER - 1 }, { stock: 1 }]);
    const summarise = () => things.summarise({ where: {}, sum: ['stock'], groupsMax: 1 }, tooLarge);
    expect(await summarise()).toEqual([{ count: 2, sum: { stock: Number.MAX_SAFE_INTEGER } }]);
    await insertEach([{ stock: 1 }]);
    await expect(summarise()).rejects.toBe(tooLarge);
  });

  it('a deadline that has passed fails with upstream-timeout', async () => {
    const { context, things } = use();
    const summary = things.for({ ...context(), deadline: 1 }).summarise({ where: {}, groupsMax: 1 }, tooLarge);
    await expect(summary).rejects.toMatchObject({ code: 'upstream-timeout' });
  });

  it.each<[string, object, RegExp]>([
    ['an expression to group by', { by: '$group' }, /'\$group' is not a field/],
    ['an operator to group by', { by: { $add: [1, '$rank'] } }, /is not a field/],
    ['a path', { sum: ['size.width'] }, /'size.width' is not a field/],
    ['an unknown day', { byDay: 'constructor' }, /'constructor' is not a field/],
    ['an operator in the filter', { where: { rank: { $ne: 1 } } }, /\$ne/],
    ['another tenant', { where: { tenantId: 'x' } }, /tenant/],
    ['a filter without an index', { where: { stock: 1 } }, /no index serves a summary by stock. Add \[stock\]/],
    [
      'bounds without an index',
      { where: { active: true, stock: { $gt: 1 } } },
      /by active with bounds on stock. Add \[active, stock\]/,
    ],
    [
      'bounds on two fields',
      { where: { rank: { $gt: 1 }, stock: { $gt: 1 } } },
      /bounds on one field, and this one on rank, stock/,
    ],
  ])('rejects %s', async (_, part, message) => {
    const { things } = createTenant(use());
    await expect(things.summarise({ where: {}, groupsMax: 1, ...part } as never, tooLarge)).rejects.toThrow(message);
  });
};

/** The guarantees of `summarise`. */
export const summaryCases = (use: () => Fixture): void => {
  describe('summarise', () => {
    resultCases(use);
    limitCases(use);
  });
};
