import { expect, it } from 'vitest';
import { createOrganization, withRevocation } from './test/organization.ts';

it('suspends the user, changes nothing else and revokes tokens', async () => {
  const { createUser, suspendUser, stored, collectEvents } = createOrganization();
  const ada = await createUser();
  const before = stored(ada);
  const events = await collectEvents(async () =>
    expect(await suspendUser(ada)).toEqual({ ...ada, status: 'suspended', version: 2 }),
  );
  expect(stored(ada)).toEqual({ ...before, status: 'suspended', version: 2 });
  expect(events).toEqual(withRevocation('users.user-suspended', ada.id));
});

it('integrity: the last active owner stays active, and no event is emitted', async () => {
  const { db, createUser, suspendUser, collectEvents } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await suspendUser(await createUser({ role: 'owner' }));
  const before = [db.users.all(), db.ownerCounts.all()];
  const events = await collectEvents(() =>
    expect(suspendUser(ada)).rejects.toMatchObject({ code: 'last-owner', status: 409 }),
  );
  expect([db.users.all(), db.ownerCounts.all(), events]).toEqual([...before, []]);
});

it('integrity: only a suspended owner lowers the owner count', async () => {
  const { createUser, suspendUser, getOwnerCount } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await createUser({ role: 'owner' });
  await suspendUser(await createUser());
  expect(getOwnerCount()).toBe(2);
  await suspendUser(ada);
  expect(getOwnerCount()).toBe(1);
});

it('boundary: a suspended user is not suspended again', async () => {
  const { createUser, suspendUser, stored } = createOrganization();
  const ada = await suspendUser(await createUser());
  await expect(suspendUser(ada)).rejects.toMatchObject({ code: 'already-suspended', status: 409 });
  expect(stored(ada)).toMatchObject({ version: 2 });
});
