import { type UserDocument, users } from '@plinth/models/users';
import { aContext, anId, build, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { getMe } from './get-me.ts';

const present = { status: 'active', deleted: false, deletedAt: undefined } as const;

const office = async () => {
  const db = fakeDatabase({ users });
  const owner = aContext();
  const hire = db.unitOfWork(async (name: string, ctx) => db.users.for(ctx).insert(build(users, { name, ...present })));
  const [ada, grace] = [await hire('Ada', owner), await hire('Grace', owner)];
  const as = (id: string, tenantId = owner.tenantId) => aContext({ tenantId, actor: { id } });
  return { db, ada, grace, as, me: getMe(db) };
};

it('gives the caller’s own profile as a client may see it', async () => {
  const { ada, grace, as, me } = await office();
  expect(await me({}, as(ada._id))).toEqual({
    id: ada._id,
    version: 1,
    name: 'Ada',
    email: ada.email,
    role: ada.role,
    status: 'active',
    createdAt: ada.createdAt.toISOString(),
    updatedAt: ada.updatedAt.toISOString(),
  });
  expect(await me({}, as(grace._id))).toMatchObject({ name: 'Grace' });
});

it('race: calls of different people at once get each their own', async () => {
  const { ada, grace, as, me } = await office();
  const callers = Array.from({ length: 20 }, (_, at) => (at % 2 ? ada : grace));
  const answers = await Promise.all(callers.map(({ _id }) => me({}, as(_id))));
  expect(answers.map(({ id }) => id)).toEqual(callers.map(({ _id }) => _id));
});

it('race: while the profile is changed, it is the one before or the one after', async () => {
  const { db, ada, as, me } = await office();
  const rename = db.unitOfWork(async (user: UserDocument, ctx) =>
    db.users.for(ctx).update(user, { $set: { name: 'King' } }),
  );
  const [answer] = await Promise.all([me({}, as(ada._id)), rename(ada, as(ada._id))]);
  expect(['Ada 1', 'King 2']).toContain(`${answer.name} ${answer.version}`);
  expect(await me({}, as(ada._id))).toMatchObject({ name: 'King', version: 2 });
});

it('integrity: nothing in the request chooses another person', async () => {
  const { db, ada, grace, as, me } = await office();
  const forged = { id: grace._id, query: { id: grace._id }, body: { id: grace._id } };
  expect(await me(forged as object, as(ada._id))).toMatchObject({ id: ada._id });
  expect(db.users.all()).toEqual([ada, grace]);
});

it('boundary: a caller whose profile does not exist gets not-found', async () => {
  const { as, me } = await office();
  await expect(me({}, as(anId()))).rejects.toMatchObject({ code: 'not-found', status: 404 });
  await expect(me({}, as(''))).rejects.toMatchObject({ code: 'not-found' });
});

it('boundary: a caller who was removed gets not-found, and one who is suspended is shown so', async () => {
  const { db, ada, grace, as, me } = await office();
  const change = db.unitOfWork(async (set: Partial<Pick<UserDocument, 'deleted' | 'status'>>, ctx) =>
    db.users.for(ctx).update(await db.users.for(ctx).get(ctx.actor.id), { $set: set }),
  );
  await change({ deleted: true }, as(ada._id));
  await change({ status: 'suspended' }, as(grace._id));
  await expect(me({}, as(ada._id))).rejects.toMatchObject({ code: 'not-found', status: 404 });
  expect(await me({}, as(grace._id))).toMatchObject({ status: 'suspended' });
});

it('boundary: the same id in another tenant is nobody', async () => {
  const { ada, as, me } = await office();
  await expect(me({}, as(ada._id, anId()))).rejects.toMatchObject({ code: 'not-found' });
});

it('boundary: a caller without a tenant has no profile', async () => {
  const { ada, as, me } = await office();
  await expect(me({}, as(ada._id, ''))).rejects.toThrow(/tenant/);
});
