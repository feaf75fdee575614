import { type UserDocument, users } from '@plinth/models/users';
import { aContext, build, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { listUsers } from './list-users.ts';

type Query = Parameters<ReturnType<typeof listUsers>>[0]['query'];

const newestFirst: Query = { where: {}, sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined };

const present = { status: 'active', deleted: false, deletedAt: undefined } as const;

const people = [
  { name: 'Ada', email: 'Ada@acme.example', emailKey: 'ada@acme.example', role: 'owner' },
  { name: 'Grace', email: 'grace@acme.example', emailKey: 'grace@acme.example', role: 'member' },
  { name: 'ada', email: 'ada2@acme.example', emailKey: 'ada2@acme.example', role: 'member' },
  { name: 'Zoë', email: 'zoe@acme.example', emailKey: 'zoe@acme.example', role: 'viewer' },
  { name: 'Ada', email: 'ada3@acme.example', emailKey: 'ada3@acme.example', role: 'member' },
] as const;

/** Five people, hired a second after one another. */
const office = async () => {
  const db = fakeDatabase({ users });
  const owner = aContext();
  const hire = db.unitOfWork(async (draft: Parameters<typeof build<UserDocument>>[1], ctx) => {
    db.clock.advance(1000);
    return db.users.for(ctx).insert(build(users, { ...present, ...draft }));
  });
  const hired: UserDocument[] = [];
  for (const person of people) hired.push(await hire(person, owner));
  const list = (query: Partial<Query>, ctx = owner) => listUsers(db)({ query: { ...newestFirst, ...query } }, ctx);
  const names = async (query: Partial<Query>) => (await list(query)).items.map(({ name }) => name);
  return { db, owner, hire, hired: hired as [UserDocument, ...UserDocument[]], list, names };
};

it('gives everybody, the newest first', async () => {
  const { names } = await office();
  expect(await names({})).toEqual(['Ada', 'Zoë', 'ada', 'Grace', 'Ada']);
});

it('sorts by age and by name, both ways; names by code point', async () => {
  const { names } = await office();
  expect(await names({ sort: 'createdAt' })).toEqual(['Ada', 'Grace', 'ada', 'Zoë', 'Ada']);
  expect(await names({ sort: 'name' })).toEqual(['Ada', 'Ada', 'Grace', 'Zoë', 'ada']);
  expect(await names({ sort: '-name' })).toEqual(['ada', 'Zoë', 'Grace', 'Ada', 'Ada']);
});

it('filters by role, by time, and by both', async () => {
  const { hired, names } = await office();
  const { createdAt } = hired[2] as UserDocument;
  expect(await names({ where: { role: 'member' } })).toEqual(['Ada', 'ada', 'Grace']);
  expect(await names({ where: { createdAt: { $gte: createdAt } } })).toEqual(['Ada', 'Zoë', 'ada']);
  expect(await names({ where: { createdAt: { $lt: createdAt } }, sort: 'createdAt' })).toEqual(['Ada', 'Grace']);
  expect(await names({ where: { role: 'member', createdAt: { $gt: createdAt } } })).toEqual(['Ada']);
});

it('shows who is suspended, and filters by status', async () => {
  const { hire, owner, names } = await office();
  await hire({ name: 'Eve', status: 'suspended' }, owner);
  await hire({ name: 'Mallory', status: 'suspended' }, owner);
  expect(await names({ limit: 3 })).toEqual(['Mallory', 'Eve', 'Ada']);
  expect(await names({ where: { status: 'suspended' } })).toEqual(['Mallory', 'Eve']);
  expect(await names({ where: { status: 'suspended' }, sort: 'createdAt' })).toEqual(['Eve', 'Mallory']);
  expect(await names({ where: { status: 'active' } })).toEqual(['Ada', 'Zoë', 'ada', 'Grace', 'Ada']);
});

it('integrity: who was removed is in no list, however it is asked for', async () => {
  const { db, owner, hired, list } = await office();
  const remove = db.unitOfWork(async (user: UserDocument, ctx) =>
    db.users.for(ctx).update(user, { $set: { deleted: true, emailKey: `removed:${user._id}` } }),
  );
  const [, grace] = hired;
  await remove(grace as UserDocument, owner);
  const wheres: Query['where'][] = [{}, { role: 'member' }, { status: 'active' }, { email: 'grace@acme.example' }];
  for (const where of wheres) {
    const { items } = await list({ where });
    expect(items.map(({ id }) => id)).not.toContain(grace?._id);
    expect(items.length).toBe('email' in where ? 0 : 'role' in where ? 2 : 4);
  }
});

it('finds an address in whatever spelling, alone and within a time', async () => {
  const { hired, list } = await office();
  for (const email of ['Ada@acme.example', 'ada@acme.example', 'ADA@ACME.EXAMPLE']) {
    expect(await list({ where: { email } })).toMatchObject({ items: [{ id: hired[0]._id }], nextCursor: null });
  }
  const { createdAt } = hired[0];
  expect(await list({ where: { email: 'ada@acme.example', createdAt: { $gt: createdAt } } })).toMatchObject({
    items: [],
  });
  expect(await list({ where: { email: 'ada' } })).toEqual({ items: [], nextCursor: null });
});

it('race: somebody who is hired between two pages causes no skip and no repeat', async () => {
  const { hire, hired, list, owner } = await office();
  for (const sort of ['-createdAt', 'createdAt', 'name', '-name'] as const) {
    const first = await list({ sort, limit: 3 });
    await Promise.all([hire({ name: 'Aaron' }, owner), hire({ name: 'Grace' }, owner), hire({ name: 'zz' }, owner)]);
    const rest = await list({ sort, limit: 100, cursor: first.nextCursor ?? '' });
    const seen = [...first.items, ...rest.items].map(({ id }) => id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(hired.every(({ _id }) => seen.includes(_id))).toBe(true);
  }
});

it('race: the cursor outlives the person at whom it stands', async () => {
  const { db, owner, hired, list } = await office();
  const remove = db.unitOfWork(async (user: UserDocument, ctx) => db.users.for(ctx).remove(user));
  const first = await list({ sort: 'createdAt', limit: 2 });
  await remove(hired[1] as UserDocument, owner);
  const rest = await list({ sort: 'createdAt', limit: 100, cursor: first.nextCursor ?? '' });
  expect(rest.items.map(({ id }) => id)).toEqual(hired.slice(2).map(({ _id }) => _id));
});

it('integrity: items are what a client may see, and no more', async () => {
  const { hired, list } = await office();
  const { items } = await list({ sort: 'createdAt', limit: 1 });
  const { _id: id, createdAt, updatedAt, tenantId: _, emailKey: __, deleted: ___, ...seen } = hired[0];
  expect(items).toEqual([{ ...seen, id, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }]);
});

it('integrity: a cursor is refused with another filter, sort or tenant, and when it is changed', async () => {
  const { list } = await office();
  const cursor = (await list({ limit: 2 })).nextCursor ?? '';
  const refused = { code: 'invalid-cursor', status: 400 };
  await expect(list({ cursor, where: { role: 'member' } })).rejects.toMatchObject(refused);
  await expect(list({ cursor, sort: 'createdAt' })).rejects.toMatchObject(refused);
  await expect(list({ cursor }, aContext())).rejects.toMatchObject(refused);
  await expect(list({ cursor: `${cursor}A` })).rejects.toMatchObject(refused);
  await expect(list({ cursor: 'x' })).rejects.toMatchObject(refused);
});

it('boundary: another tenant sees nobody', async () => {
  const { list } = await office();
  const stranger = aContext();
  const wheres: Query['where'][] = [
    {},
    { role: 'member' },
    { status: 'active' },
    { email: 'ada@acme.example' },
    { createdAt: { $gt: new Date(0) } },
  ];
  for (const where of wheres) {
    expect(await list({ where }, stranger)).toEqual({ items: [], nextCursor: null });
  }
});

it('boundary: the pages, one after the other, are the whole, also where they end evenly', async () => {
  const { hired, list } = await office();
  for (const limit of [1, 2, 4, 5, 6]) {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await list({ sort: 'createdAt', limit, cursor });
      pages.push(items.map(({ id }) => id));
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages.flat()).toEqual(hired.map(({ _id }) => _id));
    expect(pages).toHaveLength(Math.ceil(5 / limit));
  }
});

it('boundary: a page has 1 to 100 items', async () => {
  const { hire, list, owner } = await office();
  await Promise.all(Array.from({ length: 96 }, (_, at) => hire({ emailKey: `more${at}@acme.example` }, owner)));
  const page = await list({ limit: 100 });
  expect(page.items).toHaveLength(100);
  expect((await list({ limit: 100, cursor: page.nextCursor ?? '' })).items).toHaveLength(1);
  await expect(list({ limit: 0 })).rejects.toThrow(/1 to 100/);
  await expect(list({ limit: 101 })).rejects.toThrow(/1 to 100/);
});

it('boundary: filters that no index serves are refused with the index to add', async () => {
  const { list } = await office();
  await expect(list({ where: { role: 'member' }, sort: 'name' })).rejects.toThrow(/Add \[role, deleted, name, _id\]/);
});
