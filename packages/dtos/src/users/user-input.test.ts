import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ChangeRole, CreateUser, ListUsersQuery, UpdateUser, UserParams } from './user.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const user = { name: 'Ada Lovelace', email: 'ada@acme.example', role: 'member' } as const;
const { name, email, role } = user;

describe('a body', () => {
  it('keeps the fields of its operation and drops all others', () => {
    const greedy = { ...user, id, version: 7, status: 'suspended', tenantId: id, emailKey: 'a', deleted: true };
    expect(CreateUser.parse(greedy)).toStrictEqual(user);
    expect(UpdateUser.parse(greedy)).toStrictEqual({ name, email });
    expect(ChangeRole.parse(greedy)).toStrictEqual({ role });
  });

  it.each(['name', 'email', 'role'] as const)('of a new user requires %s', (field) => {
    const { error } = CreateUser.safeParse({ ...user, [field]: undefined });
    expect(error?.issues[0]?.path).toEqual([field]);
  });

  it.each(['root', 'Owner', '', 'constructor', null, ['owner'], undefined])('refuses the role %j', (other) => {
    expect(ChangeRole.safeParse({ role: other }).success).toBe(false);
  });
});

it('accepts an id in any case and returns lower case', () => {
  expect(UserParams.parse({ id: id.toUpperCase() })).toEqual({ id });
  for (const other of ['me', '..', '']) expect(UserParams.safeParse({ id: other }).success).toBe(false);
});

describe('a list query', () => {
  const values = { role, roleId: id, status: 'suspended', email } as const;
  const operators = ['gt', 'gte', 'lt', 'lte'] as const;
  const sorts = ['-createdAt', 'createdAt', 'name', '-name'] as const;
  const time = '2026-01-31T09:30:00.000Z';

  /** The supported lists of users, written independently of the query, so that a mistake in one shows. */
  const listSorts: Readonly<Record<string, readonly string[]>> = {
    '': sorts,
    role: ['-createdAt', 'createdAt'],
    roleId: ['-createdAt', 'createdAt'],
    status: ['-createdAt', 'createdAt'],
    email: ['-createdAt'],
  };
  const getSubsets = <T>(items: readonly T[]): T[][] =>
    items.reduce<T[][]>((subsets, item) => [...subsets, ...subsets.map((subset) => [...subset, item])], [[]]);

  it('accepts every supported combination of filters, sorts and bounds, and refuses all others', () => {
    for (const filters of getSubsets(['role', 'roleId', 'status', 'email'] as const)) {
      for (const sort of [undefined, ...sorts]) {
        for (const bounds of getSubsets(operators)) {
          const equal = Object.fromEntries(filters.map((filter) => [filter, values[filter]]));
          const ranges = Object.fromEntries(bounds.map((operator) => [`createdAt[${operator}]`, time]));
          const createdAt = Object.fromEntries(bounds.map((operator) => [`$${operator}`, new Date(time)]));
          const query = { ...equal, ...ranges, ...(sort && { sort }) };
          const allowed = listSorts[filters.join('+')]?.filter((each) => bounds.length === 0 || /createdAt/.test(each));
          const expected = sort === undefined ? allowed?.[0] : allowed?.find((each) => each === sort);
          const { data, error } = ListUsersQuery.safeParse(query);
          const where = { ...equal, ...(bounds.length > 0 && { createdAt }) };
          const parsed = { where, sort: expected, limit: 20, cursor: undefined, fields: undefined };
          expect(data, JSON.stringify(query)).toEqual(expected && parsed);
          if (!expected) expect(error?.issues[0]?.message).toContain('email sorted by -createdAt. Bounds apply to');
        }
      }
    }
  });

  it.each('emailKey nameKey tenantId deleted name name[gte] role[in] $where __proto__'.split(' '))(
    "refuses the filter '%s'",
    (filter) => {
      const query: unknown = JSON.parse(`{ "${filter}": "a" }`);
      expect(ListUsersQuery.safeParse(query).error?.issues[0]).toMatchObject({ keys: [filter] });
    },
  );

  it.each([{ role: 'root' }, { status: 'deleted' }, { email: { $ne: '' } }, { sort: 'email' }, { fields: 'emailKey' }])(
    'refuses %j',
    (query) => expect(ListUsersQuery.safeParse(query).success).toBe(false),
  );

  it('is documented with every parameter', () => {
    const bounds = operators.map((operator) => `createdAt[${operator}]`);
    const names = ['role', 'roleId', 'status', 'email', ...bounds, 'sort', 'limit', 'cursor', 'fields'];
    expect(Object.keys(z.toJSONSchema(ListUsersQuery, { io: 'input' }).properties ?? {})).toEqual(names);
  });
});
