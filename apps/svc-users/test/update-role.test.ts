import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers('updateRole');

describeRefusals(users.service, 'updateRole', {
  createTenant: users.createOrganization,
  createItem: ({ addRole }: Organization) => addRole('users:read'),
  perform: ({ call }, { id, version }, options) =>
    call('updateRole', { id, version: [version], body: { name: 'Support' } }, options),
});

it('200: changes what it names, keeps the rest, and a patch that changes nothing keeps the version', async () => {
  const { addRole, call } = await users.createOrganization();
  const role = await addRole('users:read');
  const renamed = await call('updateRole', { id: role.id, version: [1], body: { name: 'Support' } });
  expect(renamed).toMatchObject({ status: 200, body: { name: 'Support', permissions: ['users:read'], version: 2 } });
  const same = await call('updateRole', { id: role.id, version: [2], body: { permissions: ['users:read'] } });
  expect(same.body).toEqual(renamed.body);
});

it('409 and 422: refuses a taken name and unknown permissions', async () => {
  const { addRole, call } = await users.createOrganization();
  const [first, { id }] = [await addRole('users:read'), await addRole('users:read')];
  const update = (body: object) => call('updateRole', { id, version: [1], body });
  expect(await update({ name: first.name.toUpperCase() })).toMatchObject({
    status: 409,
    body: { code: 'role-name-taken' },
  });
  expect(await update({ permissions: ['a:b'] })).toMatchObject({
    status: 422,
    body: { data: { permissions: ['a:b'] } },
  });
});

it('integrity: 403 for a role with a permission that the caller lacks, before the change or after it', async () => {
  const { tenantId, addRole, call, stored } = await users.createOrganization();
  const [strong, weak] = [await addRole('users:erase', 'users:read'), await addRole('users:read')];
  const as = await users.userWithRole('admin', tenantId);
  const before = await stored('roles');
  for (const [{ id }, permissions] of [
    [strong, ['users:read']],
    [weak, ['users:erase']],
  ] as const) {
    const response = await call('updateRole', { id, version: [1], body: { permissions } }, { as });
    expect(response).toMatchObject({ status: 403, body: { data: { permission: 'users:erase' } } });
  }
  expect(await stored('roles')).toEqual(before);
});

it('race: one of twenty changes of the same version succeeds', async () => {
  const { addRole, call } = await users.createOrganization();
  const { id } = await addRole('users:read');
  const responses = await race(20, (index) => call('updateRole', { id, version: [1], body: { name: `R ${index}` } }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 412));
});

it('integrity: a change of the own role adds nothing that the caller lacks', async () => {
  const { addUser, addRole, call, as } = await users.createOrganization();
  const role = await addRole('roles:write', 'users:read');
  const caller = { as: await as(await addUser({ role: 'custom', roleId: role.id }), 'custom') };
  const update = (version: number, ...permissions: readonly string[]) =>
    call('updateRole', { id: role.id, version: [version], body: { permissions } }, caller);
  expect((await update(1, 'roles:write', 'orders:read')).status).toBe(403);
  expect(await update(1, 'roles:write')).toMatchObject({ status: 200, body: { permissions: ['roles:write'] } });
});
