import { race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { describeRefusals, useUsers } from './organization.ts';

const users = useUsers('deleteUser');

describeRefusals(users, 'deleteUser', { perform: ({ deleteUser }, user, options) => deleteUser(user, options) });

it('204: has no body, revokes the tokens of the user and frees the email', async () => {
  const { owner, addUser, createUser, deleteUser, getUser, as } = await users.createOrganization();
  const ada = await addUser();
  const token = await as(ada, 'member');
  expect((await createUser({ email: ada.email })).status).toBe(409);
  const deleted = await deleteUser(ada);
  expect(deleted).toMatchObject({ status: 204, text: '' });
  expect(deleted.headers).not.toHaveProperty('content-type');
  await expect.poll(async () => (await getUser(ada, { as: token })).status).toBe(401);
  expect((await owner.get('/v1/users')).body.items).toEqual([]);
  expect((await createUser({ email: ada.email.toUpperCase() })).status).toBe(201);
});

it('409: refuses to delete the last active owner', async () => {
  const { addUser, deleteUser } = await users.createOrganization();
  const response = await deleteUser(await addUser({ role: 'owner' }));
  expect(response).toMatchObject({ status: 409, body: { code: 'last-owner' } });
});

it('race: one of twenty deletions of the same version succeeds', async () => {
  const { addUser, deleteUser, stored } = await users.createOrganization();
  const ada = await addUser();
  const [won, ...lost] = sortStatuses(await race(20, () => deleteUser(ada)));
  expect(won).toBe(204);
  expect(lost.filter((status) => status !== 412 && status !== 404)).toEqual([]);
  expect(await stored()).toMatchObject([{ version: 2, deleted: true }]);
});
