import { builtInRoles } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

const forbidden = { code: 'forbidden', status: 403, data: { permission: 'users:erase' } };

const withAdmin = async () => {
  const organization = createOrganization();
  const owner = await organization.createUser({ role: 'owner' });
  await organization.createUser({ role: 'owner' });
  const admin = organization.as(await organization.createUser({ role: 'admin' }), ['admin']);
  return { ...organization, ada: owner, admin };
};

describe('an admin', () => {
  it.each(builtInRoles.filter((role) => role !== 'owner'))(
    'adds, changes and deletes a user of the role %s',
    async (role) => {
      const { createUser, changeRole, suspendUser, reactivateUser, updateUser, deleteUser, restoreUser, admin } =
        await withAdmin();
      const user = await changeRole(await createUser({ role }, admin), role === 'member' ? 'viewer' : 'member', admin);
      const active = await reactivateUser(await suspendUser(user, admin), admin);
      const updated = await updateUser(active, { name: 'Ada King' }, admin);
      await deleteUser(updated, admin);
      expect(await restoreUser(updated, admin)).toMatchObject({ name: 'Ada King' });
    },
  );

  it('integrity: cannot add an owner, and the error names the permission that is missing', async () => {
    const { createUser, changeRole, expectUnchanged, admin } = await withAdmin();
    const grace = await createUser();
    await expectUnchanged(async () => {
      await expect(createUser({ role: 'owner' }, admin)).rejects.toMatchObject(forbidden);
      await expect(changeRole(grace, 'owner', admin)).rejects.toMatchObject({
        ...forbidden,
        detail: expect.stringContaining("gives or takes 'users:erase', which the caller lacks"),
      });
    });
  });

  it('integrity: cannot change, demote, suspend or delete an owner', async () => {
    const { updateUser, changeRole, suspendUser, deleteUser, expectUnchanged, ada, admin } = await withAdmin();
    await expectUnchanged(async () => {
      await expect(updateUser(ada, { email: 'eve@evil.example' }, admin)).rejects.toMatchObject(forbidden);
      await expect(changeRole(ada, 'viewer', admin)).rejects.toMatchObject(forbidden);
      await expect(suspendUser(ada, admin)).rejects.toMatchObject(forbidden);
      await expect(deleteUser(ada, admin)).rejects.toMatchObject(forbidden);
    });
  });

  it('integrity: cannot bring back an owner who was suspended or deleted', async () => {
    const { suspendUser, reactivateUser, deleteUser, restoreUser, expectUnchanged, ada, admin } = await withAdmin();
    const suspended = await suspendUser(ada);
    await expectUnchanged(() => expect(reactivateUser(suspended, admin)).rejects.toMatchObject(forbidden));
    await deleteUser(suspended);
    await expectUnchanged(() => expect(restoreUser(ada, admin)).rejects.toMatchObject(forbidden));
  });
});

it('boundary: owners change owners, and users change themselves', async () => {
  const { createUser, changeRole, updateUser, as, ada, admin } = await withAdmin();
  const grace = await createUser({ role: 'owner' }, as(ada, ['owner']));
  expect(await changeRole(grace, 'admin', as(ada, ['owner']))).toMatchObject({ role: 'admin' });
  expect(await updateUser(ada, { name: 'Ada King' }, as(ada, ['owner']))).toMatchObject({ name: 'Ada King' });
  expect(await createUser({ role: 'admin' }, admin)).toMatchObject({ role: 'admin' });
});

it('integrity: neither a token of an earlier role nor a role that the token lacks gives more', async () => {
  const { createUser, as, ada } = await withAdmin();
  const admin = await createUser({ role: 'admin' });
  for (const caller of [as(admin, ['owner']), as(ada, ['admin'])]) {
    await expect(createUser({ role: 'owner' }, caller)).rejects.toMatchObject(forbidden);
  }
});

it('integrity: billing cannot be taken by oneself without the right to change roles', async () => {
  const { createUser, changeRole, as } = await withAdmin();
  const viewer = await createUser({ role: 'viewer' });
  await expect(changeRole(viewer, 'billing', as(viewer, ['owner']))).rejects.toMatchObject({ code: 'own-role' });
});
