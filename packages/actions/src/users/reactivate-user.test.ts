import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

it('reactivates the user, changes nothing else and emits user-reactivated', async () => {
  const { createUser, suspendUser, reactivateUser, stored, collectEvents } = createOrganization();
  const ada = await createUser();
  const before = stored(ada);
  await suspendUser(ada);
  const events = await collectEvents(async () => expect(await reactivateUser(ada)).toEqual({ ...ada, version: 3 }));
  expect(stored(ada)).toEqual({ ...before, version: 3 });
  expect(events).toEqual([{ name: 'users.user-reactivated', aggregateId: ada.id, payload: { userId: ada.id } }]);
});

it('integrity: only a reactivated owner raises the owner count', async () => {
  const { createUser, suspendUser, reactivateUser, getOwnerCount } = createOrganization();
  await createUser({ role: 'owner' });
  const [owner, member] = [await createUser({ role: 'owner' }), await createUser()];
  await suspendUser(owner);
  await suspendUser(member);
  await reactivateUser(member);
  expect(getOwnerCount()).toBe(1);
  await reactivateUser(owner);
  expect(getOwnerCount()).toBe(2);
});

it('boundary: an active user is not reactivated', async () => {
  const { createUser, reactivateUser, expectUnchanged } = createOrganization();
  const ada = await createUser();
  await expectUnchanged(() =>
    expect(reactivateUser(ada)).rejects.toMatchObject({ code: 'not-suspended', status: 409 }),
  );
});
