import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ListUsersQuery } from './list-users-query.ts';

const values = { role: 'member', status: 'suspended', email: 'ada@acme.example' } as const;
const operators = ['gt', 'gte', 'lt', 'lte'] as const;
const sorts = ['-createdAt', 'createdAt', 'name', '-name'] as const;
const time = '2026-01-31T09:30:00.000Z';

/** What the users can be listed by, written a second time and in another way, so that a slip shows. */
const legalSorts: Readonly<Record<string, readonly string[]>> = {
  '': ['-createdAt', 'createdAt', 'name', '-name'],
  role: ['-createdAt', 'createdAt'],
  status: ['-createdAt', 'createdAt'],
  email: ['-createdAt'],
};

const subsetsOf = <T>(items: readonly T[]): T[][] =>
  items.reduce<T[][]>((subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])], [[]]);

const cases = subsetsOf(['role', 'status', 'email'] as const).flatMap((filters) =>
  [undefined, ...sorts].flatMap((sort) => subsetsOf(operators).map((bounds) => ({ filters, sort, bounds }))),
);
type Case = (typeof cases)[number];

const queryOf = ({ filters, sort, bounds }: Case): Record<string, string> => ({
  ...Object.fromEntries(filters.map((name) => [name, values[name]])),
  ...Object.fromEntries(bounds.map((operator) => [`createdAt[${operator}]`, time])),
  ...(sort && { sort }),
});

const whereOf = ({ filters, bounds }: Case): object => ({
  ...Object.fromEntries(filters.map((name) => [name, values[name]])),
  ...(bounds.length > 0 && {
    createdAt: Object.fromEntries(bounds.map((operator) => [`$${operator}`, new Date(time)])),
  }),
});

/** The sort that a legal case gets; an illegal case has none. */
const sortOf = ({ filters, sort, bounds }: Case): string | undefined => {
  const possible = legalSorts[filters.join('+')]?.filter((legal) => bounds.length === 0 || legal.endsWith('createdAt'));
  return sort === undefined ? possible?.[0] : possible?.find((legal) => legal === sort);
};

const legal = cases.filter((each) => sortOf(each) !== undefined);
const illegal = cases.filter((each) => sortOf(each) === undefined);

describe('every combination of filters, sorts and bounds', () => {
  it('is tried', () => {
    expect(cases).toHaveLength(8 * 5 * 16);
    expect(legal.length).toBeGreaterThan(100);
    expect(illegal.length).toBeGreaterThan(100);
  });

  it('that is legal becomes the filter and the sort that it says', () => {
    for (const each of legal) {
      const expected = { where: whereOf(each), sort: sortOf(each), limit: 20, cursor: undefined, fields: undefined };
      expect(ListUsersQuery.parse(queryOf(each)), JSON.stringify(queryOf(each))).toStrictEqual(expected);
    }
  });

  it('that is illegal is refused with a message that names the legal ones', () => {
    const message =
      'Legal are: no filter sorted by -createdAt or createdAt or name or -name; role sorted by -createdAt or createdAt; status sorted by -createdAt or createdAt; email sorted by -createdAt. Bounds are set on the sorted field only.';
    for (const each of illegal) {
      const { error } = ListUsersQuery.safeParse(queryOf(each));
      expect(error?.issues, JSON.stringify(queryOf(each))).toHaveLength(1);
      expect(error?.issues[0]?.message).toContain(message);
    }
  });
});

describe('a list of users', () => {
  it.each(['emailKey', 'tenantId', 'deleted', 'deletedAt', 'name', 'name[gte]', 'role[in]', '$where', '__proto__'])(
    "refuses to be filtered by '%s'",
    (name) => {
      const query: unknown = JSON.parse(`{ "${name}": "a" }`);
      expect(ListUsersQuery.safeParse(query).error?.issues[0]).toMatchObject({ keys: [name] });
    },
  );

  it.each([
    { role: 'admin' },
    { status: 'deleted' },
    { role: ['member', 'owner'] },
    { email: 'ada' },
    { email: { $ne: '' } },
    { sort: 'email' },
  ])('refuses %j', (query) => {
    expect(ListUsersQuery.safeParse(query).success).toBe(false);
  });

  it('shows no field but those of a User', () => {
    expect(ListUsersQuery.parse({ fields: 'id,name,email' }).fields).toEqual(['id', 'name', 'email']);
    expect(ListUsersQuery.safeParse({ fields: 'emailKey' }).success).toBe(false);
  });

  it('can be written into the API reference', () => {
    expect(Object.keys(z.toJSONSchema(ListUsersQuery, { io: 'input' }).properties ?? {})).toEqual([
      'role',
      'status',
      'email',
      'createdAt[gt]',
      'createdAt[gte]',
      'createdAt[lt]',
      'createdAt[lte]',
      'sort',
      'limit',
      'cursor',
      'fields',
    ]);
  });
});
