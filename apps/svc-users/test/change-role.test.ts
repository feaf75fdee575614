import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { describeRefusals, useUsers } from './organization.ts';

const users = useUsers('changeRole');

describeRefusals(users, 'changeRole', {
  perform: ({ changeRole }, user, options) => changeRole(user, 'viewer', options),
});

it('200: returns the user with the next version, and revokes tokens of the previous role', async () => {
  const { addUser, changeRole, getUser, as } = await users.createOrganization();
  const ada = await addUser();
  const token = await as(ada, 'member');
  const changed = await changeRole(ada, 'owner');
  const { updatedAt } = changed.body;
  expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  expect(changed.body).toEqual({ ...ada, role: 'owner', version: 2, updatedAt });
  expect((await getUser(ada)).text).toBe(changed.text);
  await expect.poll(async () => (await getUser(ada, { as: token })).status).toBe(401);
});

it('409 and 403: refuses to demote the last owner, and users who raise their own role with a token of an earlier role', async () => {
  const { addUser, changeRole, as } = await users.createOrganization();
  const [ada, grace] = [await addUser({ role: 'owner' }), await addUser({ role: 'viewer' })];
  expect(await changeRole(ada, 'member')).toMatchObject({ status: 409, body: { code: 'last-owner' } });
  const raised = await changeRole(grace, 'member', { as: await as(grace, 'owner') });
  expect(raised).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

it('race: one of twenty changes of the same version succeeds', async () => {
  const { tenantId, addUser, changeRole, getUser } = await users.createOrganization();
  await addUser({ role: 'owner' });
  const ada = await addUser();
  const responses = await race(20, (index) => changeRole(ada, index % 2 ? 'owner' : 'viewer'));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 412));
  const winner = responses.find(({ status }) => status === 200)?.body;
  expect((await getUser(ada)).body).toEqual(winner);
  expect(await users.getOwnerCount(tenantId)).toBe(winner.role === 'owner' ? 2 : 1);
});

it('race: 409 when another request adds the first owner at the same time', async () => {
  const { tenantId, addUser, createUser, changeRole } = await users.createOrganization();
  const ada = await addUser();
  const beforeCommit = () => createUser({ role: 'owner' });
  const response = await users.interleave({ beforeCommit }, () => changeRole(ada, 'owner'));
  expect(response).toMatchObject({ status: 409, body: { code: 'owners-changed' } });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
});

it('race: 422 when users raise their own role while another owner lowers it', async () => {
  const { tenantId, addUser, changeRole, as } = await users.createOrganization();
  await addUser({ role: 'owner' });
  const ada = await addUser({ role: 'owner' });
  const token = await as(ada, 'owner');
  const beforeAction = () => changeRole(ada, 'viewer');
  const response = await users.interleave({ beforeAction }, () =>
    changeRole({ ...ada, version: 2 }, 'owner', { as: token }),
  );
  expect(response).toMatchObject({ status: 422, body: { code: 'own-role' } });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
});

it('race: 403 when the owner who gives the role owner is demoted at the same time', async () => {
  const { tenantId, addUser, changeRole, as } = await users.createOrganization();
  const [ada, grace, alan] = [
    await addUser({ role: 'owner' }),
    await addUser({ role: 'owner' }),
    await addUser({ role: 'member' }),
  ];
  const token = await as(grace, 'owner');
  const beforeCommit = () => changeRole(grace, 'admin', { as: token });
  const response = await users.interleave({ beforeCommit }, () => changeRole(alan, 'owner', { as: token }));
  expect(response).toMatchObject({ status: 403, body: { code: 'forbidden', data: { permission: 'users:erase' } } });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
  expect(ada.role).toBe('owner');
});

it('200: gives a custom role, by which the user is found, and takes it again', async () => {
  const { owner, addUser, addRole, call } = await users.createOrganization();
  const [ada, role] = [await addUser(), await addRole('users:read')];
  const body = { role: 'custom', roleId: role.id };
  const given = await call('changeRole', { id: ada.id, version: [1], body });
  expect(given).toMatchObject({ status: 200, body: { role: 'custom', roleId: role.id, version: 2 } });
  expect((await owner.get(`/v1/users?roleId=${role.id}`)).body.items).toEqual([given.body]);
  const taken = await call('changeRole', { id: ada.id, version: [2], body: { role: 'member' } });
  expect(taken.body).not.toHaveProperty('roleId');
});

it('422: refuses a custom role that does not exist or is of another tenant', async () => {
  const { addUser, call, stored } = await users.createOrganization();
  const ada = await addUser();
  const foreign = await (await users.createOrganization()).addRole('users:read');
  const before = await stored();
  for (const roleId of [createId(), foreign.id]) {
    const response = await call('changeRole', { id: ada.id, version: [1], body: { role: 'custom', roleId } });
    expect(response).toMatchObject({ status: 422, body: { code: 'role-missing' } });
  }
  expect(await stored()).toEqual(before);
});

it.each([{ role: 'custom' }, { role: 'member', roleId: createId() }])('400: refuses %j', async (body) => {
  const { addUser, call } = await users.createOrganization();
  const { id } = await addUser();
  const response = await call('changeRole', { id, version: [1], body });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/roleId' }] } });
});

it('race: 422 when the role is deleted while it becomes the role of a user', async () => {
  const { addUser, addRole, call, stored } = await users.createOrganization();
  const [ada, role] = [await addUser(), await addRole('users:read')];
  const beforeCommit = () => call('deleteRole', { id: role.id, version: [1] });
  const response = await users.interleave({ beforeCommit }, () =>
    call('changeRole', { id: ada.id, version: [1], body: { role: 'custom', roleId: role.id } }),
  );
  expect(response).toMatchObject({ status: 422, body: { code: 'role-missing' } });
  expect(await stored('roles')).toEqual([]);
  expect(await stored()).toMatchObject([{ role: 'member', version: 1 }]);
});

it('integrity: a user of a custom role gives no permission that the role lacks', async () => {
  const { addUser, addRole, createUser, call, as } = await users.createOrganization();
  const lead = await addRole('users:write', 'users:read');
  const { id } = await addUser({ role: 'custom', roleId: lead.id });
  const caller = { as: await as({ id }, 'custom') };
  const ada = await addUser({ role: 'custom', roleId: lead.id });
  const response = await call('changeRole', { id: ada.id, version: [1], body: { role: 'viewer' } }, caller);
  expect(response).toMatchObject({ status: 403, body: { data: { permission: 'fulfilments:read' } } });
  expect((await createUser({ role: 'custom', roleId: lead.id }, caller)).status).toBe(201);
});

it('race: 403 when the custom role of the caller loses a permission while they give it', async () => {
  const { addUser, addRole, call, as } = await users.createOrganization();
  const [lead, clerk] = [await addRole('users:write', 'users:read'), await addRole('users:read')];
  const { id } = await addUser({ role: 'custom', roleId: lead.id });
  const ada = await addUser({ role: 'custom', roleId: clerk.id });
  const caller = { as: await as({ id }, 'custom') };
  const beforeCommit = () => call('updateRole', { id: lead.id, version: [1], body: { permissions: ['users:write'] } });
  const response = await users.interleave({ beforeCommit }, () =>
    call('changeRole', { id: ada.id, version: [1], body: { role: 'custom', roleId: lead.id } }, caller),
  );
  expect(response).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});
