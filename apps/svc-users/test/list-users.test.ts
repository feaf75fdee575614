import { createUserInput } from '@plinth/actions/users/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers('listUsers');
const roles = ['owner', 'admin', 'member', 'viewer', 'billing'] as const;
const names = ['Bob', 'Zoe', 'alice', 'Émile', 'Same Name', 'same name', 'Łukasz'];
const namesInOrder = ['alice', 'Bob', 'Émile', 'Łukasz', 'Same Name', 'same name', 'Zoe'];

type User = { id: string; name: string; email: string; role: string; createdAt: string };
let organization: Organization;
let created: User[];

beforeAll(async () => {
  organization = await users.createOrganization();
  created = [];
  for (let index = 0; index < 21; index += 1) {
    created.push(await organization.addUser({ name: names[index % 7] as string, role: roles[index % 3] as 'owner' }));
  }
  await (await users.createOrganization()).createUser({ name: 'Same Name' });
});

const list = (query: string) => organization.owner.get(`/v1/users?${query}`);

const getPages = async (query: string): Promise<User[][]> => {
  const pages: User[][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await list(`${query}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    pages.push(body.items);
    cursor = body.nextCursor;
  }
  return pages;
};

describe('200', () => {
  it('returns the newest first, 20 a page, and no user of another tenant', async () => {
    const pages = await getPages('');
    expect(pages.map((page) => page.length)).toEqual([20, 1]);
    expect(pages.flat()).toEqual(created.toReversed());
    expect((await getPages('limit=21')).map((page) => page.length)).toEqual([21]);
  });

  it.each([1, 2, 4, 100])('sorts both ways in pages of %i, which end between equal names', async (limit) => {
    expect((await getPages(`sort=createdAt&limit=${limit}`)).flat()).toEqual(created);
    const byName = namesInOrder.flatMap((name) => created.filter((user) => user.name === name));
    expect((await getPages(`sort=name&limit=${limit}`)).flat()).toEqual(byName);
    expect((await getPages(`sort=-name&limit=${limit}`)).flat()).toEqual(byName.toReversed());
  });

  it.each(roles)('filters by the role %s', async (role) => {
    const expected = created.filter((user) => user.role === role).toReversed();
    expect((await getPages(`role=${role}&limit=3`)).flat()).toEqual(expected);
  });

  it('finds an email in any case, and selects fields', async () => {
    const [first] = created as [User];
    expect((await list(`email=${first.email.toUpperCase()}`)).body.items).toEqual([first]);
    expect((await list('fields=id,name&limit=1&sort=createdAt')).body.items).toEqual([
      { id: first.id, name: first.name },
    ]);
  });

  it('boundary: bounds include or exclude their own value, with any offset', async () => {
    const at = created[10]?.createdAt ?? '';
    const withOffset = `${new Date(Date.parse(at) + 3_600_000).toISOString().slice(0, -1)}%2B01:00`;
    const count = async (bounds: string) => (await getPages(`sort=createdAt&limit=100&${bounds}`)).flat().length;
    const before = created.filter(({ createdAt }) => createdAt < at).length;
    const until = created.filter(({ createdAt }) => createdAt <= at).length;
    for (const time of [at, at.replace('Z', '+00:00'), at.replace('Z', '%2B00:00'), withOffset]) {
      expect(await count(`createdAt[lt]=${time}`)).toBe(before);
      expect(await count(`createdAt[lte]=${time}`)).toBe(until);
      expect(await count(`createdAt[gte]=${time}`)).toBe(created.length - before);
      expect(await count(`createdAt[gt]=${time}`)).toBe(created.length - until);
    }
  });

  it('integrity: includes suspended users with their status, and no deleted ones', async () => {
    const { owner, addUser, suspendUser, deleteUser } = await users.createOrganization();
    const [ada, grace, alan] = [await addUser(), await addUser({ role: 'viewer' }), await addUser()];
    const { body: suspended } = await suspendUser(grace);
    await deleteUser(alan);
    const items = async (query: string) => (await owner.get(`/v1/users?${query}`)).body.items;
    expect(await items('')).toEqual([suspended, ada]);
    expect(await items('sort=name')).toEqual([ada, suspended]);
    expect(await items('status=active')).toEqual([ada]);
    expect(await items('status=suspended&sort=createdAt')).toEqual([suspended]);
    expect(await items('role=member')).toEqual([ada]);
    expect(await items(`email=${alan.email}`)).toEqual([]);
  });
});

describe('400', () => {
  it.each([
    'role=member&sort=name',
    'email=a@b.example&sort=name',
    'role=member&email=a@b.example',
    'role=member&status=active',
    'sort=name&createdAt[gte]=2026-01-01T00:00:00Z',
  ])('refuses %s and names the supported combinations', async (query) => {
    const { status, body } = await list(query);
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ location: 'query', code: 'unsupported-combination' });
    expect(body.errors[0].message).toContain('role sorted by -createdAt or createdAt');
  });

  const limits = ['limit=0', 'limit=101', 'limit=0x10', 'limit=1e1', 'limit=%2B5', 'limit=1&limit=2'];
  const values = ['sort=role', 'status=deleted', 'fields=id,emailKey', 'cursor=', 'createdAt[gte]=yesterday'];
  const names = ['role[$ne]=owner', 'name=Ada', 'tenantId=x', '__proto__=1'];

  it.each([...limits, ...values, ...names])('refuses %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it('shows no name in a cursor', async () => {
    const { items, nextCursor } = (await list('limit=1&sort=name')).body;
    expect(items[0].name).toBe('alice');
    expect(nextCursor).toMatch(/^[\w-]+$/);
    expect(Buffer.from(nextCursor, 'base64url').toString('latin1')).not.toMatch(/alice|"v"|"id"/i);
  });

  it('refuses a cursor of another sort, filter or tenant, and a forged one', async () => {
    const other = await users.createOrganization();
    await Promise.all([other.createUser(createUserInput()), other.createUser(createUserInput())]);
    const foreign = (await other.owner.get('/v1/users?limit=1')).body.nextCursor;
    const otherLists = await Promise.all([list('limit=1&sort=name'), list('limit=1&role=member')]);
    for (const cursor of [...otherLists.map(({ body }) => body.nextCursor), foreign, 'abc']) {
      expect(await list(`cursor=${cursor}`)).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    }
  });
});

it('401 and 403: refuses anonymous callers and unknown roles', async () => {
  expect((await users.host.anonymous.get('/v1/users')).status).toBe(401);
  expect((await (await users.userWithRole('unknown')).get('/v1/users')).status).toBe(403);
});
