import { expect, it } from 'vitest';
import { createOrganization, withRevocation } from './test/organization.ts';

const roles = ['owner', 'admin', 'member', 'viewer', 'billing'] as const;
const steps = roles.flatMap((from) => roles.filter((to) => to !== from).map((to) => [from, to] as const));

it.each(steps)('changes %s to %s and nothing else, counts owners and revokes tokens', async (from, to) => {
  const { createUser, changeRole, stored, getOwnerCount, collectEvents } = createOrganization();
  await createUser({ role: 'owner' });
  const ada = await createUser({ role: from });
  const before = stored(ada);
  const events = await collectEvents(async () =>
    expect(await changeRole(ada, to)).toEqual({ ...ada, role: to, version: 2 }),
  );
  expect(stored(ada)).toEqual({ ...before, role: to, version: 2 });
  expect(getOwnerCount()).toBe(to === 'owner' ? 2 : 1);
  expect(events).toEqual(withRevocation('users.user-role-changed', ada.id, { role: to, previousRole: from }));
});

it('changes nothing and emits nothing when the role is the same, even for oneself', async () => {
  const { createUser, changeRole, expectUnchanged, as } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await expectUnchanged(async () => {
    expect(await changeRole(ada, 'owner')).toEqual(ada);
    expect(await changeRole(ada, 'owner', as(ada))).toEqual(ada);
  });
});

it('lets users lower their own role', async () => {
  const { createUser, changeRole, as, getOwnerCount } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await createUser({ role: 'owner' });
  expect(await changeRole(ada, 'viewer', as(ada, ['owner']))).toMatchObject({ role: 'viewer' });
  expect(getOwnerCount()).toBe(1);
});

it.each([
  ['viewer', 'member'],
  ['viewer', 'owner'],
  ['member', 'owner'],
] as const)(
  'integrity: a %s cannot change their own role to %s, not even with a token of an owner',
  async (from, to) => {
    const { createUser, changeRole, stored, as } = createOrganization();
    const ada = await createUser({ role: from });
    await expect(changeRole(ada, to, as(ada, ['owner']))).rejects.toMatchObject({ code: 'own-role', status: 422 });
    expect(stored(ada)).toMatchObject({ role: from, version: 1 });
  },
);

it('integrity: the last active owner stays owner, and no event is emitted', async () => {
  const { createUser, changeRole, suspendUser, expectUnchanged } = createOrganization();
  const ada = await createUser({ role: 'owner' });
  await suspendUser(await createUser({ role: 'owner' }));
  await expectUnchanged(() =>
    expect(changeRole(ada, 'member')).rejects.toMatchObject({ code: 'last-owner', status: 409 }),
  );
});

it('integrity: a suspended owner is not counted until reactivated', async () => {
  const { createUser, changeRole, suspendUser, reactivateUser, getOwnerCount } = createOrganization();
  await createUser({ role: 'owner' });
  const suspended = await suspendUser(await createUser());
  const promoted = await changeRole(suspended, 'owner');
  expect(getOwnerCount()).toBe(1);
  const demoted = await changeRole(promoted, 'member');
  expect(getOwnerCount()).toBe(1);
  await reactivateUser(await changeRole(demoted, 'owner'));
  expect(getOwnerCount()).toBe(2);
});
