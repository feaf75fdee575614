import type { Collection, Ctx } from '@plinth/data-kit';
import { type UserDocument, users } from '@plinth/models/users';
import { aContext, anId, build, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { getUser } from './get-user.ts';

const rename =
  ({ users }: { users: Collection<UserDocument, 'update'> }) =>
  async ({ user, name }: { user: UserDocument; name: string }, ctx: Ctx) =>
    users.for(ctx).update(user, { $set: { name } });

const present = { status: 'active', deleted: false, deletedAt: undefined } as const;

const office = async () => {
  const db = fakeDatabase({ users });
  const owner = aContext();
  const hire = db.unitOfWork(async (draft: ReturnType<typeof build<UserDocument>>, ctx) =>
    db.users.for(ctx).insert(draft),
  );
  const address = { email: 'Ada@acme.example', emailKey: 'ada@acme.example' };
  const ada = await hire(build(users, { name: 'Ada', ...address, ...present }), owner);
  return { db, owner, ada, get: getUser(db), rename: db.unitOfWork(rename(db)) };
};

it('gives what a client may see of a person, and no more', async () => {
  const { db, owner, ada, get } = await office();
  const now = db.clock.now().toISOString();
  expect(await get({ id: ada._id }, owner)).toEqual({
    id: ada._id,
    version: 1,
    name: 'Ada',
    email: 'Ada@acme.example',
    role: ada.role,
    status: 'active',
    createdAt: now,
    updatedAt: now,
  });
});

it('says not-found for an id that nobody has', async () => {
  const { owner, get } = await office();
  await expect(get({ id: anId() }, owner)).rejects.toMatchObject({ code: 'not-found', status: 404 });
});

it('race: while a person is changed, it is the one before or the one after', async () => {
  const { db, owner, ada, get, rename } = await office();
  db.clock.advance(1000);
  const reads = () => Array.from({ length: 10 }, () => get({ id: ada._id }, owner));
  const [before, , after] = await Promise.all([
    Promise.all(reads()),
    rename({ user: ada, name: 'Ada King' }, owner),
    Promise.all(reads()),
  ]);
  const seen = [...before, ...after, await get({ id: ada._id }, owner)].map(
    ({ name, version }) => `${name} ${version}`,
  );
  expect(new Set([...seen, 'Ada 1', 'Ada King 2']).size).toBe(2);
  expect(seen.at(-1)).toBe('Ada King 2');
});

it('says not-found for who was removed, in the very words for an id that nobody has', async () => {
  const { db, owner, ada, get } = await office();
  const remove = db.unitOfWork(async (user: UserDocument, ctx) =>
    db.users.for(ctx).update(user, { $set: { deleted: true, emailKey: `removed:${user._id}` } }),
  );
  await remove(ada, owner);
  const [removed, unknown] = await Promise.allSettled([get({ id: ada._id }, owner), get({ id: anId() }, owner)]);
  expect(removed).toEqual(unknown);
});

it('race: a person whose document ends is there whole or not at all', async () => {
  const { db, owner, ada, get } = await office();
  const remove = db.unitOfWork(async (user: UserDocument, ctx) => db.users.for(ctx).remove(user));
  const [read] = await Promise.allSettled([get({ id: ada._id }, owner), remove(ada, owner)]);
  expect(read).toMatchObject(
    read.status === 'fulfilled' ? { value: { name: 'Ada', version: 1 } } : { reason: { code: 'not-found' } },
  );
  await expect(get({ id: ada._id }, owner)).rejects.toMatchObject({ code: 'not-found' });
});

it('integrity: reading changes nothing, and neither does changing the answer', async () => {
  const { db, owner, ada, get } = await office();
  Object.assign(await get({ id: ada._id }, owner), { name: 'Mallory', role: 'owner' });
  expect(db.users.all()).toEqual([ada]);
});

it('boundary: another tenant’s person does not exist, and looks like an id that nobody has', async () => {
  const { ada, get } = await office();
  const stranger = aContext();
  const [foreign, unknown] = await Promise.allSettled([get({ id: ada._id }, stranger), get({ id: anId() }, stranger)]);
  expect(foreign).toEqual(unknown);
  expect(foreign).toMatchObject({ reason: { code: 'not-found' } });
});

it('boundary: an id that is none is not found either', async () => {
  const { owner, ada, get } = await office();
  for (const id of ['', 'x', ada._id.toUpperCase(), `${ada._id} `, '\0']) {
    await expect(get({ id }, owner)).rejects.toMatchObject({ code: 'not-found' });
  }
});

it('boundary: a caller without a tenant reads nobody', async () => {
  const { ada, get } = await office();
  await expect(get({ id: ada._id }, aContext({ tenantId: '' }))).rejects.toThrow(/tenant/);
});
