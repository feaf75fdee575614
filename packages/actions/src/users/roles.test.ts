import type { RolesService } from '@plinth/contracts/users';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

const withRoles = async () => {
  const organization = createOrganization();
  const roles = organization.run as unknown as RolesService;
  const { owner } = organization;
  const addRole = (...permissions: readonly string[]) =>
    roles.createRole({ body: { name: createId(), permissions: [...permissions] } }, owner);
  return { ...organization, roles, addRole };
};

it('keeps a role with its permissions sorted, each once, and emits an event for each change', async () => {
  const { roles, owner, collectEvents } = await withRoles();
  const events = await collectEvents(async () => {
    const body = { name: 'Support', permissions: ['users:read', 'orders:read', 'users:read'] };
    const { id } = await roles.createRole({ body }, owner);
    expect(await roles.getRole({ id }, owner)).toMatchObject({ permissions: ['orders:read', 'users:read'] });
    const same = { id, version: [1], body: { permissions: ['users:read', 'orders:read'] } };
    expect(await roles.updateRole(same, owner)).toMatchObject({ version: 1 });
    expect(await roles.updateRole({ id, version: [1], body: { name: 'Help' } }, owner)).toMatchObject({ name: 'Help' });
    await roles.deleteRole({ id, version: [2] }, owner);
  });
  expect(events.map(({ name }) => name)).toEqual(['roles.role-created', 'roles.role-updated', 'roles.role-deleted']);
  const { permissions } = await roles.listPermissions({}, owner);
  expect(permissions.map(({ name }) => name)).toContain('roles:write');
});

it('integrity: names the permissions that no contract declares, and changes nothing', async () => {
  const { roles, owner, expectUnchanged } = await withRoles();
  const body = { name: 'Support', permissions: ['users:read', 'users:sing'] };
  await expectUnchanged(() =>
    expect(roles.createRole({ body }, owner)).rejects.toMatchObject({
      code: 'unknown-permissions',
      data: { permissions: ['users:sing'] },
    }),
  );
});

it('integrity: a user of a custom role gives what they have, and no more, also to their own role', async () => {
  const { roles, addRole, createUser, changeRole, as } = await withRoles();
  const lead = await addRole('users:write', 'roles:write', 'users:read');
  const user = await createUser({ role: 'custom', roleId: lead.id });
  const caller = as(user, ['custom']);
  expect(await createUser({ role: 'custom', roleId: lead.id }, caller)).toMatchObject({ roleId: lead.id });
  await expect(createUser({ role: 'member' }, caller)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(changeRole(user, 'admin', caller)).rejects.toMatchObject({ code: 'own-role' });
  const widened = { id: lead.id, version: [1], body: { permissions: [...lead.permissions, 'orders:read'] } };
  await expect(roles.updateRole(widened, caller)).rejects.toMatchObject({ data: { permission: 'orders:read' } });
  const narrowed = { id: lead.id, version: [1], body: { permissions: ['roles:write'] } };
  expect(await roles.updateRole(narrowed, caller)).toMatchObject({ permissions: ['roles:write'], version: 2 });
  // A token of another role than the user has adds nothing.
  await expect(createUser({ role: 'custom', roleId: lead.id }, as(user, ['viewer']))).rejects.toMatchObject({
    data: { permission: 'roles:write' },
  });
});

it('integrity: a role stays while a user has it, and one that does not exist is no role', async () => {
  const { roles, owner, addRole, createUser, expectUnchanged } = await withRoles();
  const { id } = await addRole('users:read');
  await createUser({ role: 'custom', roleId: id });
  await expectUnchanged(async () => {
    await expect(roles.deleteRole({ id, version: [1] }, owner)).rejects.toMatchObject({ code: 'role-in-use' });
    const missing = createUser({ role: 'custom', roleId: createId() });
    await expect(missing).rejects.toMatchObject({ code: 'role-missing', status: 422 });
  });
});

it('boundary: roles are those of the tenant', async () => {
  const { roles, addRole, as } = await withRoles();
  const role = await addRole('users:read');
  const query = { where: {}, sort: 'name', limit: 20, cursor: undefined, fields: undefined } as const;
  const inside = await roles.listRoles({ query } as never, as({ id: createId() }, ['viewer']));
  expect(inside.items).toEqual([role]);
  const other = await withRoles();
  await expect(other.roles.getRole({ id: role.id }, other.owner)).rejects.toMatchObject({ code: 'not-found' });
});
