import { builtInRoles } from '@plinth/contract-kit';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useUsers } from './organization.ts';

const users = useUsers('getUser');

it.each([...builtInRoles])('200: returns a user to the role %s', async (role) => {
  const { tenantId, addUser, getUser } = await users.createOrganization();
  const ada = await addUser();
  const read = await getUser(ada, { as: await users.userWithRole(role, tenantId) });
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: ada });
});

it('200: returns one’s own user without a permission, by an id of any case', async () => {
  const { addUser, getUser, as } = await users.createOrganization();
  const ada = await addUser();
  const self = { as: await as(ada) };
  expect((await getUser(ada, self)).body).toEqual(ada);
  expect((await getUser({ id: ada.id.toUpperCase() }, self)).body).toEqual(ada);
});

it.each(['1', 'ME', 'a'.repeat(100), '%00', '$ne', '__proto__'])('400: refuses the id %s', async (id) => {
  const response = await (await users.createOrganization()).getUser({ id });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/id', location: 'params' }] } });
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  const { addUser, getUser, as } = await users.createOrganization();
  const [ada, grace] = [await addUser(), await addUser()];
  expect((await getUser(ada, { as: users.host.anonymous })).status).toBe(401);
  const response = await getUser(ada, { as: await as(grace) });
  expect(response).toMatchObject({ status: 403, body: { data: { permission: 'users:read' } } });
});

it('boundary: the same 404 for an unknown id, a deleted user and a user of another tenant', async () => {
  const { addUser, deleteUser, getUser } = await users.createOrganization();
  const [ada, grace] = [await addUser(), await addUser()];
  await deleteUser(grace);
  const as = await users.userWithRole('owner');
  const responses = [await getUser({ id: createId() }), await getUser(grace), await getUser(ada, { as })];
  const [unknown, ...others] = responses.map(({ status, body }) => ({ ...body, status, instance: '', requestId: '' }));
  expect(unknown).toMatchObject({ status: 404, code: 'not-found' });
  expect(others).toEqual([unknown, unknown]);
});
