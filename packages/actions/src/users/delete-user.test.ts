import { aContext, anId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createUser } from './create-user.ts';
import { getMe } from './get-me.ts';
import { getUser } from './get-user.ts';
import { anOffice, outcomesOf } from './test/office.ts';
import { updateUser } from './update-user.ts';

it('keeps what is stored and marks it as removed, with the time, and with a key that is no address', async () => {
  const { db, hire, remove, stored } = anOffice();
  const ada = await hire();
  const before = stored(ada);
  db.clock.advance(1000);
  expect(await remove(ada)).toBeUndefined();
  const now = db.clock.now();
  const gone = { deleted: true, deletedAt: now, emailKey: `removed:${ada.id}`, version: 2, updatedAt: now };
  expect(stored(ada)).toEqual({ ...before, ...gone });
});

it('is the end of the person for every other operation', async () => {
  const { db, owner, hire, remove, suspend, reactivate, give } = anOffice();
  const { id } = await hire();
  await remove({ id, version: 1 });
  const self = aContext({ tenantId: owner.tenantId, actor: { id } });
  const calls = [
    getUser(db)({ id }, owner),
    getMe(db)({}, self),
    db.unitOfWork(updateUser(db))({ id, version: [2], body: { name: 'Ada' } }, self),
    give('owner', { id, version: 2 }),
    suspend({ id }),
    reactivate({ id }),
    remove({ id, version: 2 }),
  ];
  expect(await outcomesOf(calls)).toEqual({ succeeded: 0, codes: calls.map(() => 'not-found') });
});

it('tells that the person was removed, and that their tokens are of no use any longer', async () => {
  const { hire, remove, eventsOf } = anOffice();
  const ada = await hire('owner');
  await hire('owner');
  expect(await eventsOf(() => remove(ada))).toMatchObject([
    { name: 'users.user-deleted', aggregateId: ada.id, payload: { userId: ada.id } },
    { name: 'auth.tokens-revoked', aggregateId: ada.id, payload: { subject: ada.id } },
  ]);
});

it('race: of many removals of one version one holds', async () => {
  const { db, hire, remove, eventsOf, stored } = anOffice();
  const ada = await hire();
  const events = await eventsOf(async () => {
    const { succeeded, codes } = await outcomesOf(Array.from({ length: 5 }, () => remove(ada)));
    expect(succeeded).toBe(1);
    expect(codes.filter((code) => code !== 'stale-version' && code !== 'not-found')).toEqual([]);
  });
  expect(events).toHaveLength(2);
  expect(stored(ada)).toMatchObject({ version: 2 });
  expect(db.users.all()).toHaveLength(1);
});

it('race: of two owners who remove each other one stays', async () => {
  const { hire, remove, owners } = anOffice();
  const [ada, grace] = [await hire('owner'), await hire('owner')];
  expect(await outcomesOf([remove(ada), remove(grace)])).toEqual({ succeeded: 1, codes: ['last-owner'] });
  expect(owners()).toBe(1);
});

it('race: a person who is changed and removed at once is one or the other, never both', async () => {
  const { hire, remove, suspend, stored } = anOffice();
  const ada = await hire();
  const { succeeded } = await outcomesOf([remove(ada), suspend(ada)]);
  expect(succeeded).toBe(1);
  expect(stored(ada)).toMatchObject({ version: 2 });
});

it('integrity: the last active owner stays, whoever else there is, and nothing is told', async () => {
  const { db, hire, remove, suspend, eventsOf, owners } = anOffice();
  const ada = await hire('owner');
  await hire('member');
  await suspend(await hire('owner'));
  const before = db.users.all();
  const refused = await eventsOf(() => expect(remove(ada)).rejects.toMatchObject({ code: 'last-owner', status: 409 }));
  expect(refused).toEqual([]);
  expect(db.users.all()).toEqual(before);
  expect(owners()).toBe(1);
});

it('integrity: the count follows the removal of active owners, and of nobody else', async () => {
  const { hire, remove, suspend, owners } = anOffice();
  const [ada, grace, member] = [await hire('owner'), await hire('owner'), await hire('member')];
  await hire('owner');
  expect(owners()).toBe(3);
  await remove(member);
  expect(owners()).toBe(3);
  const suspended = await suspend(grace);
  expect(owners()).toBe(2);
  await remove(suspended);
  expect(owners()).toBe(2);
  await remove(ada);
  expect(owners()).toBe(1);
});

it('boundary: another tenant’s person does not exist, whatever the version', async () => {
  const { hire, remove, stored } = anOffice();
  const ada = await hire();
  await expect(remove(ada, aContext())).rejects.toMatchObject({ code: 'not-found', status: 404 });
  await expect(remove({ id: anId(), version: 1 })).rejects.toMatchObject({ code: 'not-found' });
  await expect(remove({ id: ada.id, version: 2 })).rejects.toMatchObject({ code: 'stale-version' });
  expect(stored(ada)).toMatchObject({ deleted: false, version: 1 });
});

it('boundary: the address is free for somebody else, as often as it is given away', async () => {
  const { db, hire, owner, remove } = anOffice();
  const add = db.unitOfWork(createUser(db));
  const { email } = await hire();
  for (let turn = 0; turn < 3; turn += 1) {
    const [holder] = db.users.all().filter((user) => user.email === email && !user.deleted);
    await remove({ id: holder?._id ?? '', version: 1 });
    expect(await add({ body: { name: 'Next', email, role: 'viewer' } }, owner)).toMatchObject({ email });
  }
  expect(db.users.all()).toHaveLength(4);
});
