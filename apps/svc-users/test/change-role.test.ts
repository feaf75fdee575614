import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
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
