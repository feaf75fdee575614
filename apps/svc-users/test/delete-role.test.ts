import { describeRefusals, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers('deleteRole');

describeRefusals(users.service, 'deleteRole', {
  createTenant: users.createOrganization,
  createItem: ({ addRole }: Organization) => addRole('users:read'),
  perform: ({ call }, { id, version }, options) => call('deleteRole', { id, version: [version] }, options),
});

it('204: deletes a role that no user has', async () => {
  const { addRole, call, stored } = await users.createOrganization();
  const { id } = await addRole('users:read');
  expect((await call('deleteRole', { id, version: [1] })).status).toBe(204);
  expect(await stored('roles')).toEqual([]);
});

it('409: a role stays while a user has it', async () => {
  const { addUser, addRole, changeRole, call, stored } = await users.createOrganization();
  const { id } = await addRole('users:read');
  const ada = await addUser({ role: 'custom', roleId: id });
  const remove = () => call('deleteRole', { id, version: [1] });
  expect(await remove()).toMatchObject({ status: 409, body: { code: 'role-in-use' } });
  expect(await stored('roles')).toHaveLength(1);
  await changeRole(ada, 'member');
  expect((await remove()).status).toBe(204);
});

it('integrity: 403 for a role with a permission that the caller lacks', async () => {
  const { tenantId, addRole, call } = await users.createOrganization();
  const { id } = await addRole('users:erase');
  const as = await users.userWithRole('admin', tenantId);
  const response = await call('deleteRole', { id, version: [1] }, { as });
  expect(response).toMatchObject({ status: 403, body: { data: { permission: 'users:erase' } } });
});

it('race: one of twenty deletions of a role succeeds', async () => {
  const { addRole, call, stored } = await users.createOrganization();
  const { id } = await addRole('users:read');
  const statuses = sortStatuses(await race(20, () => call('deleteRole', { id, version: [1] })));
  expect(statuses.filter((status) => status === 204)).toEqual([204]);
  expect(statuses.filter((status) => ![204, 404, 412].includes(status))).toEqual([]);
  expect(await stored('roles')).toEqual([]);
});

it('race: 409 when a user gets the role while it is deleted', async () => {
  const { addUser, addRole, call, stored } = await users.createOrganization();
  const [ada, { id }] = [await addUser(), await addRole('users:read')];
  const beforeCommit = () => call('changeRole', { id: ada.id, version: [1], body: { role: 'custom', roleId: id } });
  const response = await users.interleave({ beforeCommit }, () => call('deleteRole', { id, version: [1] }));
  expect(response).toMatchObject({ status: 409, body: { code: 'role-in-use' } });
  expect(await stored('roles')).toHaveLength(1);
});
