import { expect, it } from 'vitest';
import { createOrganization, withRevocation } from './test/organization.ts';

it('keeps the document as deleted, with the time, and frees the email', async () => {
  const { db, createUser, deleteUser, stored } = createOrganization();
  const ada = await createUser();
  const before = stored(ada);
  db.clock.advance(1000);
  expect(await deleteUser(ada)).toBeUndefined();
  const now = db.clock.now();
  const emailKey = `removed:${ada.id}`;
  expect(stored(ada)).toEqual({ ...before, deleted: true, deletedAt: now, emailKey, version: 2, updatedAt: now });
});

it('emits user-deleted and revokes tokens', async () => {
  const { createUser, deleteUser, collectEvents } = createOrganization();
  const ada = await createUser();
  expect(await collectEvents(() => deleteUser(ada))).toEqual(withRevocation('users.user-deleted', ada.id));
});

it('integrity: a deleted user does not exist for any operation but restoreUser', async () => {
  const { createUser, deleteUser, as, ...operations } = createOrganization();
  const ada = await createUser();
  await deleteUser(ada);
  const deleted = { ...ada, version: 2 };
  const calls = [
    operations.getUser(ada),
    operations.getMe(as(ada)),
    operations.updateUser(deleted, { name: 'Ada' }),
    operations.changeRole(deleted, 'owner'),
    operations.suspendUser(ada),
    operations.reactivateUser(ada),
    deleteUser(deleted),
    deleteUser(ada),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'not-found' });
});

it('integrity: the last active owner stays, and no event is emitted', async () => {
  const { db, createUser, deleteUser, suspendUser, collectEvents } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await createUser();
  await suspendUser(await createUser({ role: 'owner' }));
  const before = [db.users.all(), db.ownerCounts.all()];
  const events = await collectEvents(() =>
    expect(deleteUser(ada)).rejects.toMatchObject({ code: 'last-owner', status: 409 }),
  );
  expect([db.users.all(), db.ownerCounts.all(), events]).toEqual([...before, []]);
});

it('integrity: only a deleted active owner lowers the owner count', async () => {
  const { createUser, deleteUser, suspendUser, getOwnerCount } = createOrganization();
  const [ada, grace] = [await createUser({ role: 'owner' }), await createUser({ role: 'owner' })];
  await createUser({ role: 'owner' });
  await deleteUser(await createUser());
  expect(getOwnerCount()).toBe(3);
  await deleteUser(await suspendUser(grace));
  expect(getOwnerCount()).toBe(2);
  await deleteUser(ada);
  expect(getOwnerCount()).toBe(1);
});
