import { expect, it } from 'vitest';
import { createOrganization, withRevocation } from './test/organization.ts';

it('keeps the document as deleted, with the time, frees the email, and revokes tokens', async () => {
  const { db, createUser, deleteUser, stored, collectEvents } = createOrganization();
  const ada = await createUser();
  const before = stored(ada);
  db.clock.advance(1000);
  const events = await collectEvents(async () => expect(await deleteUser(ada)).toBeUndefined());
  const now = db.clock.now();
  const emailKey = `removed:${ada.id}`;
  expect(stored(ada)).toEqual({ ...before, deleted: true, deletedAt: now, emailKey, version: 2, updatedAt: now });
  expect(events).toEqual(withRevocation('users.user-deleted', ada.id));
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
  const { createUser, deleteUser, suspendUser, expectUnchanged } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await createUser();
  await suspendUser(await createUser({ role: 'owner' }));
  await expectUnchanged(() => expect(deleteUser(ada)).rejects.toMatchObject({ code: 'last-owner', status: 409 }));
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
