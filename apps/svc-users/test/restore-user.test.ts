import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { describeRefusals, useUsers } from './organization.ts';

const users = useUsers('restoreUser');

describeRefusals(users, 'restoreUser', {
  prepare: ({ deleteUser }, user) => deleteUser(user),
  perform: ({ restoreUser }, user, options) => restoreUser(user, options),
});

it('200: returns the user, who is found again by any spelling of the email', async () => {
  const { owner, addUser, deleteUser, restoreUser } = await users.createOrganization();
  const ada = await addUser();
  await deleteUser(ada);
  const restored = await restoreUser(ada);
  expect(restored).toMatchObject({ status: 200, headers: { etag: '"3"' } });
  expect(restored.body).toEqual({ ...ada, version: 3, updatedAt: restored.body.updatedAt });
  expect((await owner.get(`/v1/users?email=${ada.email.toUpperCase()}`)).body.items).toEqual([restored.body]);
});

it('409: the email belongs to another user by now', async () => {
  const { addUser, createUser, deleteUser, getUser, restoreUser } = await users.createOrganization();
  const ada = await addUser();
  await deleteUser(ada);
  await createUser({ email: ada.email });
  expect(await restoreUser(ada)).toMatchObject({ status: 409, body: { code: 'email-taken' } });
  expect((await getUser(ada)).status).toBe(404);
});

it('race: one of twenty restorations of a user succeeds', async () => {
  const { tenantId, addUser, deleteUser, restoreUser, getUser } = await users.createOrganization();
  await addUser({ role: 'owner' });
  const ada = await addUser({ role: 'owner' });
  await deleteUser(ada);
  expect(sortStatuses(await race(20, () => restoreUser(ada)))).toEqual(oneWinner(200, 409));
  expect((await getUser(ada)).body.version).toBe(3);
  expect(await users.getOwnerCount(tenantId)).toBe(2);
});

it('race: either the restored user or a new one gets the email', async () => {
  const { owner, addUser, createUser, deleteUser, restoreUser } = await users.createOrganization();
  const ada = await addUser();
  await deleteUser(ada);
  const responses = await Promise.all([restoreUser(ada), createUser({ email: ada.email.toUpperCase() })]);
  expect(responses.filter(({ status }) => status < 300)).toHaveLength(1);
  expect(responses.find(({ status }) => status >= 300)).toMatchObject({ status: 409, body: { code: 'email-taken' } });
  expect((await owner.get(`/v1/users?email=${ada.email}`)).body.items).toHaveLength(1);
});

it('race: 409 when another request adds the first owner while one is restored who was deleted before owners were counted', async () => {
  const earlier = await users.createOrganization();
  await earlier.addUser({ role: 'owner' });
  const ada = await earlier.addUser({ role: 'owner' });
  await earlier.deleteUser(ada);
  const deleted = (await earlier.stored()).find(({ _id }) => _id === ada.id);
  const { tenantId, createUser, restoreUser } = await users.createOrganization();
  const id = createId();
  await users.datastore.raw('users', 'users').insert({ ...deleted, _id: id, tenantId });
  const beforeCommit = () => createUser({ role: 'owner' });
  const response = await users.interleave({ beforeCommit }, () => restoreUser({ id }));
  expect(response).toMatchObject({ status: 409, body: { code: 'owners-changed' } });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
});

it('422: the custom role of the user was deleted', async () => {
  const { addUser, addRole, deleteUser, restoreUser, call } = await users.createOrganization();
  const role = await addRole('users:read');
  const ada = await addUser({ role: 'custom', roleId: role.id });
  await deleteUser(ada);
  expect((await call('deleteRole', { id: role.id, version: [1] })).status).toBe(204);
  expect(await restoreUser(ada)).toMatchObject({ status: 422, body: { code: 'role-missing' } });
});
