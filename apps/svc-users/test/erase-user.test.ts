import { race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { describeRefusals, useUsers } from './organization.ts';

const users = useUsers('eraseUser');

describeRefusals(users, 'eraseUser', {
  prepare: ({ deleteUser }, user) => deleteUser(user),
  perform: ({ eraseUser }, user, options) => eraseUser(user, options),
});

it('204: erases a deleted user, who then is unknown to every operation', async () => {
  const { addUser, deleteUser, eraseUser, restoreUser, stored } = await users.createOrganization();
  const ada = await addUser();
  expect(await eraseUser(ada)).toMatchObject({ status: 409, body: { code: 'not-removed' } });
  await deleteUser(ada);
  expect(await eraseUser(ada)).toMatchObject({ status: 204, text: '' });
  expect(JSON.stringify(await stored())).not.toContain(ada.email);
  expect((await eraseUser(ada)).status).toBe(404);
  expect((await restoreUser(ada)).status).toBe(404);
});

it('race: one of twenty erasures of a user succeeds', async () => {
  const { addUser, deleteUser, eraseUser } = await users.createOrganization();
  const ada = await addUser();
  await deleteUser(ada);
  const statuses = sortStatuses(await race(20, () => eraseUser(ada)));
  expect(statuses.filter((status) => status === 204)).toHaveLength(1);
  expect(statuses.filter((status) => status !== 204 && status !== 404 && status !== 409)).toEqual([]);
});

it('race: either the erasure or the restoration of a user succeeds', async () => {
  const { addUser, deleteUser, eraseUser, restoreUser, getUser } = await users.createOrganization();
  const ada = await addUser();
  await deleteUser(ada);
  const [erased, restored] = await Promise.all([eraseUser(ada), restoreUser(ada)]);
  expect([erased.status === 204, restored.status === 200].filter(Boolean)).toHaveLength(1);
  expect((await getUser(ada)).status).toBe(restored.status === 200 ? 200 : 404);
});
