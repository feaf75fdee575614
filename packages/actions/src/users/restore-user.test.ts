import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

const withDeleted = async (role: 'owner' | 'member' = 'member') => {
  const organization = createOrganization();
  if (role === 'owner') await organization.createUser({ role });
  const ada = await organization.createUser({ role });
  const before = organization.stored(ada);
  await organization.deleteUser(ada);
  return { ...organization, ada, before };
};

it('restores the user as before, counts owners and emits user-restored', async () => {
  const { db, ada, before, restoreUser, stored, getOwnerCount, collectEvents } = await withDeleted('owner');
  expect(getOwnerCount()).toBe(1);
  db.clock.advance(1000);
  const now = db.clock.now();
  const events = await collectEvents(async () =>
    expect(await restoreUser(ada)).toEqual({ ...ada, version: 3, updatedAt: now.toISOString() }),
  );
  expect(stored(ada)).toEqual({ ...before, version: 3, updatedAt: now });
  expect(getOwnerCount()).toBe(2);
  expect(events).toEqual([{ name: 'users.user-restored', aggregateId: ada.id, payload: { userId: ada.id } }]);
});

it('restores a suspended owner as suspended, and does not count the owner', async () => {
  const { createUser, suspendUser, deleteUser, restoreUser, getOwnerCount } = await withDeleted('owner');
  const suspended = await suspendUser(await createUser({ role: 'owner' }));
  await deleteUser(suspended);
  expect(await restoreUser(suspended)).toMatchObject({ status: 'suspended', version: 4 });
  expect(getOwnerCount()).toBe(1);
});

it('integrity: a user whose email another user has now stays deleted', async () => {
  const { ada, createUser, restoreUser, expectUnchanged } = await withDeleted('owner');
  await createUser({ email: ada.email.toUpperCase() });
  await expectUnchanged(() => expect(restoreUser(ada)).rejects.toMatchObject({ code: 'email-taken' }));
});

it('boundary: a user who is not deleted is not restored', async () => {
  const { createUser, restoreUser, expectUnchanged } = createOrganization();
  const ada = await createUser();
  await expectUnchanged(() => expect(restoreUser(ada)).rejects.toMatchObject({ code: 'not-removed', status: 409 }));
});
