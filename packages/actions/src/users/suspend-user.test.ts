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
  const { createUser, suspendUser, expectUnchanged } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await suspendUser(await createUser({ role: 'owner' }));
  await expectUnchanged(() => expect(suspendUser(ada)).rejects.toMatchObject({ code: 'last-owner', status: 409 }));
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
  const { createUser, suspendUser, expectUnchanged } = createOrganization();
  const ada = await suspendUser(await createUser());
  const refusal = { code: 'already-suspended', status: 409 };
  await expectUnchanged(() => expect(suspendUser(ada)).rejects.toMatchObject(refusal));
});
