import { ownerCounts, users } from '@plinth/models/users';
import { aContext, build, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createUser } from './create-user.ts';

const ada = { name: 'Ada Lovelace', email: 'Ada@acme.example', role: 'member' } as const;

const office = () => {
  const db = fakeDatabase({ users, ownerCounts });
  const owner = aContext();
  const create = db.unitOfWork(createUser(db));
  const add = (body: Partial<Parameters<typeof create>[0]['body']>, ctx = owner) =>
    create({ body: { ...ada, ...body } }, ctx);
  return { db, owner, add };
};

it('adds the person to the tenant of the caller', async () => {
  const { db, owner, add } = office();
  const { id } = await add({});
  expect(db.users.all()).toEqual([
    {
      ...ada,
      _id: id,
      tenantId: owner.tenantId,
      version: 1,
      emailKey: 'ada@acme.example',
      status: 'active',
      deleted: false,
      createdAt: db.clock.now(),
      updatedAt: db.clock.now(),
    },
  ]);
});

it('answers with what a client may see, and no more', async () => {
  const { db, add } = office();
  const now = db.clock.now().toISOString();
  const person = { id: expect.any(String), version: 1, ...ada, status: 'active' };
  expect(await add({})).toEqual({ ...person, createdAt: now, updatedAt: now });
});

it('tells that the person was added, by id and role alone', async () => {
  const { db, add } = office();
  const { id } = await add({});
  expect(db.emitted()).toMatchObject([
    { name: 'users.user-created', aggregateId: id, payload: { userId: id, role: 'member' } },
  ]);
  expect(JSON.stringify(db.emitted())).not.toMatch(/ada/i);
});

it('keeps the spelling of the address', async () => {
  const { add } = office();
  expect(await add({ email: 'ADA.Lovelace@Acme.Example' })).toMatchObject({ email: 'ADA.Lovelace@Acme.Example' });
});

it('race: of many who want one address, in whatever spelling, one gets it', async () => {
  const { db, add } = office();
  const spellings = ['ada@acme.example', 'ADA@acme.example', 'Ada@Acme.Example', 'ada@acme.example'];
  const outcomes = await Promise.allSettled(spellings.map((email) => add({ email })));
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
  expect(reasons).toEqual(['email-taken', 'email-taken', 'email-taken']);
  expect(db.users.all()).toHaveLength(1);
});

it('race: people with different addresses do not hinder each other', async () => {
  const { db, add } = office();
  await Promise.all(Array.from({ length: 20 }, (_, at) => add({ email: `person${at}@acme.example` })));
  expect(new Set(db.users.all().map(({ _id }) => _id)).size).toBe(20);
});

it('integrity: an address that is taken changes nothing', async () => {
  const { db, add } = office();
  await add({});
  const before = db.users.all();
  await expect(add({ name: 'Another', email: 'ada@ACME.example', role: 'owner' })).rejects.toMatchObject({
    code: 'email-taken',
  });
  expect(db.users.all()).toEqual(before);
});

it('race: owners who are added at once are all counted, after the first', async () => {
  const { db, add } = office();
  await add({ role: 'owner' });
  const more = Array.from({ length: 20 }, (_, at) => add({ role: 'owner', email: `owner${at}@acme.example` }));
  await Promise.all(more);
  expect(db.ownerCounts.all()).toMatchObject([{ owners: 21, scope: 'tenant' }]);
});

it('integrity: only owners are counted, and one who is refused is not', async () => {
  const { db, add } = office();
  await add({ role: 'member' });
  expect(db.ownerCounts.all()).toEqual([]);
  await add({ role: 'owner', email: 'grace@acme.example' });
  await expect(add({ role: 'owner' })).rejects.toMatchObject({ code: 'email-taken' });
  expect(db.ownerCounts.all()).toMatchObject([{ owners: 1 }]);
  expect(db.emitted()).toHaveLength(2);
});

it('integrity: what the document law forbids is not stored, whatever let it through', async () => {
  const { db, add } = office();
  const forbidden = [
    { role: 'root' as never },
    { name: '' },
    { name: ' ' },
    { email: `${'a'.repeat(250)}@acme.example` },
  ];
  for (const body of forbidden) {
    await expect(add(body)).rejects.toThrow(/breaks (its schema|the validator)/);
  }
  expect(db.users.all()).toEqual([]);
});

it('integrity: fields that nobody asked for are not stored', async () => {
  const { db, owner, add } = office();
  await add({
    tenantId: aContext().tenantId,
    emailKey: 'other@acme.example',
    admin: true,
    deleted: true,
    status: 'suspended',
  } as object);
  expect(db.users.all()).toMatchObject([
    { tenantId: owner.tenantId, emailKey: 'ada@acme.example', status: 'active', deleted: false },
  ]);
  expect(db.users.all()[0]).not.toHaveProperty('admin');
});

it('boundary: another tenant may have the same address', async () => {
  const { db, add } = office();
  await add({});
  const stranger = aContext();
  expect(await add({}, stranger)).toMatchObject({ email: ada.email });
  expect(db.users.all()[1]).toMatchObject({ tenantId: stranger.tenantId });
});

it('boundary: the longest name and address, and names of any script, come back unchanged', async () => {
  const { add } = office();
  const email = `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(58)}.example`;
  const names = ['x'.repeat(200), '\u{1F469}\u200D\u{1F680}', '漢字', '‮עברית', 'a\0b'];
  for (const [at, name] of names.entries()) {
    expect(await add({ name, email: `${at}${email.slice(1)}` })).toMatchObject({
      name,
      email: `${at}${email.slice(1)}`,
    });
  }
});

it('boundary: any valid person can be added', async () => {
  const { add } = office();
  for (let run = 0; run < 30; run += 1) {
    const { name, email, role } = build(users, { email: `person${run}@acme.example` });
    expect(await add({ name, email, role })).toMatchObject({ name, email, role });
  }
});

it('boundary: a caller without a tenant adds nobody', async () => {
  const { db, add } = office();
  await expect(add({}, aContext({ tenantId: '' }))).rejects.toThrow(/tenant/);
  expect(db.users.all()).toEqual([]);
});
