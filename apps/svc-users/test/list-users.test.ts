import type { Caller } from '@plinth/service-kit/testing';
import { anId } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { aNewUser, anOrganization, personOf, useUsers } from './host.ts';

const users = useUsers({ covers: 'listUsers' });
const tenantId = anId();
const roles = ['owner', 'member', 'viewer'];
let owner: Caller;
let made: { id: string; name: string; email: string; role: string; createdAt: string }[];

beforeAll(async () => {
  owner = await users.someone('owner', tenantId);
  made = [];
  for (let at = 0; at < 23; at += 1) {
    // Two in three share a name, so pages end between equal ones.
    const draft = aNewUser({ name: at % 3 ? 'Same Name' : `Name ${at}`, role: roles[at % 3] });
    made.push((await owner.post('/v1/users', draft)).body);
  }
  const stranger = await users.someone('owner');
  await stranger.post('/v1/users', aNewUser({ name: 'Same Name' }));
});

type Item = (typeof made)[number];

const pagesOf = async (query: string): Promise<Item[][]> => {
  const pages: Item[][] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { status, body } = await owner.get(`/v1/users?${query}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    pages.push(body.items);
    cursor = body.nextCursor;
  }
  return pages;
};

const ascending = (key: keyof Item) => (left: Item, right: Item) =>
  left[key] === right[key] ? (left.id < right.id ? -1 : 1) : left[key] < right[key] ? -1 : 1;

describe('200', () => {
  it('lists the newest first, 20 a page, and nothing of another tenant', async () => {
    const pages = await pagesOf('');
    expect(pages.map((page) => page.length)).toEqual([20, 3]);
    expect(pages.flat()).toEqual(made.toSorted(ascending('createdAt')).reverse());
  });

  it.each(['createdAt', 'name'] as const)(
    'sorts by %s, both ways, across pages that end between equal ones',
    async (key) => {
      const expected = made.toSorted(ascending(key));
      expect((await pagesOf(`sort=${key}&limit=4`)).flat()).toEqual(expected);
      expect((await pagesOf(`sort=-${key}&limit=4`)).flat()).toEqual(expected.toReversed());
    },
  );

  it.each(roles)('filters by the role %s', async (role) => {
    const found = (await pagesOf(`role=${role}&limit=3`)).flat();
    expect(found).toEqual(
      made
        .filter((user) => user.role === role)
        .toSorted(ascending('createdAt'))
        .reverse(),
    );
  });

  it('finds an address in any case', async () => {
    const [first] = made;
    expect((await owner.get(`/v1/users?email=${first?.email.toUpperCase()}`)).body.items).toEqual([first]);
  });

  it('boundary: bounds include or exclude their own value', async () => {
    const at = made[10]?.createdAt ?? '';
    const count = async (bounds: string) => (await pagesOf(`sort=createdAt&limit=100&${bounds}`)).flat().length;
    const before = made.filter(({ createdAt }) => createdAt < at).length;
    const until = made.filter(({ createdAt }) => createdAt <= at).length;
    expect(await count(`createdAt[lt]=${at}`)).toBe(before);
    expect(await count(`createdAt[lte]=${at}`)).toBe(until);
    expect(await count(`createdAt[gte]=${at}`)).toBe(made.length - before);
    expect(await count(`createdAt[gt]=${at}`)).toBe(made.length - until);
    expect(await count(`createdAt[gte]=${at}&createdAt[lte]=${at}`)).toBe(until - before);
  });

  it('leaves only the fields that were asked for', async () => {
    const { body } = await owner.get('/v1/users?fields=id,name&limit=2');
    expect(body.items.map(Object.keys)).toEqual([
      ['id', 'name'],
      ['id', 'name'],
    ]);
  });

  it('boundary: a page that holds all is the last', async () => {
    expect((await pagesOf('limit=23')).map((page) => page.length)).toEqual([23]);
    expect((await pagesOf('limit=22')).map((page) => page.length)).toEqual([22, 1]);
  });
});

describe('who is suspended or removed', () => {
  const aTeam = async () => {
    const { owner: caller, hire, person: ada } = await anOrganization(users);
    const [grace, alan] = [await hire({ role: 'viewer' }), await hire()];
    const suspended = (await personOf(caller, grace.id).suspend()).body;
    expect((await personOf(caller, alan.id).remove()).status).toBe(204);
    const list = async (query: string) => (await caller.get(`/v1/users?${query}`)).body.items;
    return { caller, ada, suspended, alan, list };
  };

  it('integrity: who is suspended is in every list, who is removed in none', async () => {
    const { ada, suspended, alan, list } = await aTeam();
    expect(await list('')).toEqual([suspended, ada]);
    expect(await list('sort=createdAt')).toEqual([ada, suspended]);
    expect(await list('sort=name')).toHaveLength(2);
    expect(await list('sort=-name')).toHaveLength(2);
    expect(await list('role=viewer')).toEqual([suspended]);
    expect(await list('role=member')).toEqual([ada]);
    expect(await list(`email=${suspended.email}`)).toEqual([suspended]);
    expect(await list(`email=${alan.email}`)).toEqual([]);
    expect(await list(`createdAt[gte]=${alan.createdAt}`)).toEqual([]);
  });

  it('can be told apart by status, both ways, within a time', async () => {
    const { caller, ada, suspended, list } = await aTeam();
    expect(await list('status=active')).toEqual([ada]);
    expect(await list('status=suspended')).toEqual([suspended]);
    expect(await list(`status=suspended&sort=createdAt&createdAt[gt]=${suspended.createdAt}`)).toEqual([]);
    await personOf(caller, suspended.id).reactivate();
    expect(await list('status=active&sort=createdAt')).toMatchObject([{ id: ada.id }, { id: suspended.id }]);
    expect(await list('status=suspended')).toEqual([]);
  });

  it('race: a page goes on after the person at whom it ended was removed', async () => {
    const { caller, ada, suspended } = await aTeam();
    const { body } = await caller.get('/v1/users?limit=1');
    expect(body.items).toEqual([suspended]);
    await personOf(caller, suspended.id).remove(2);
    expect((await caller.get(`/v1/users?limit=1&cursor=${body.nextCursor}`)).body).toEqual({
      items: [ada],
      nextCursor: null,
    });
  });
});

describe('400 invalid request', () => {
  it.each([
    'role=member&sort=name',
    'email=a@b.example&sort=name',
    'role=member&email=a@b.example',
    'role=member&status=active',
    'status=active&sort=name',
    'sort=name&createdAt[gte]=2026-01-01T00:00:00Z',
    'email=a@b.example&createdAt[gte]=2026-01-01T00:00:00Z&sort=name',
  ])('refuses the combination %s and names the legal ones', async (query) => {
    const { status, body } = await owner.get(`/v1/users?${query}`);
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ location: 'query', code: 'unsupported-combination' });
    expect(body.errors[0].message).toContain('role sorted by -createdAt or createdAt');
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=1.5',
    'limit=',
    'limit=1&limit=2',
    'sort=role',
    'role=admin',
    'status=removed',
    'status[$ne]=active',
    'deleted=true',
    'role[$ne]=owner',
    'name=Ada',
    'createdAt[gte]=yesterday',
    'createdAt[ne]=2026-01-01T00:00:00Z',
    'fields=id,emailKey',
    'fields=',
    'tenantId=x',
    'cursor=',
    '__proto__=1',
  ])('refuses %s', async (query) => {
    expect(await owner.get(`/v1/users?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('400 invalid cursor', () => {
  const cursorOf = async (caller: Caller, query: string): Promise<string> =>
    (await caller.get(`/v1/users?limit=1&${query}`)).body.nextCursor;

  it('refuses a cursor of another sort, filter or tenant', async () => {
    const stranger = await users.someone('owner');
    await stranger.post('/v1/users', aNewUser());
    await stranger.post('/v1/users', aNewUser());
    const cursors = await Promise.all([
      cursorOf(owner, 'sort=name'),
      cursorOf(owner, 'role=member'),
      cursorOf(stranger, ''),
    ]);
    for (const cursor of cursors) {
      expect(await owner.get(`/v1/users?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid-cursor' },
      });
    }
  });

  it('refuses garbage', async () => {
    expect((await owner.get('/v1/users?cursor=abc')).body.code).toBe('invalid-cursor');
  });
});

describe('401 and 403', () => {
  it('refuses nobody, and who has no role', async () => {
    expect((await users.nobody.get('/v1/users')).status).toBe(401);
    expect((await (await users.someone('unknown')).get('/v1/users')).status).toBe(403);
  });
});
