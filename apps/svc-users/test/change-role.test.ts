import { expect, it } from 'vitest';
import { oneWinner, race, sortStatuses, useUsers } from './organization.ts';
import { describeRefusals } from './refusals.ts';

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

it('409 and 403: refuses to demote the last owner, and to let users raise their role with a token of an earlier one', async () => {
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
