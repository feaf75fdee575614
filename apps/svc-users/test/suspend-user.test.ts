import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { describeRefusals, useUsers } from './organization.ts';

const users = useUsers('suspendUser');

describeRefusals(users, 'suspendUser', { perform: ({ suspendUser }, user, options) => suspendUser(user, options) });

it('200: returns the suspended user, and revokes their tokens', async () => {
  const { addUser, suspendUser, getUser, as } = await users.createOrganization();
  const ada = await addUser();
  const token = await as(ada, 'member');
  const suspended = await suspendUser(ada);
  expect(suspended).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { status: 'suspended', version: 2 } });
  expect((await getUser(ada)).text).toBe(suspended.text);
  await expect.poll(async () => (await getUser(ada, { as: token })).status).toBe(401);
});

it('409: refuses to suspend the last owner', async () => {
  const { tenantId, addUser, suspendUser } = await users.createOrganization();
  const ada = await addUser({ role: 'owner' });
  expect(await suspendUser(ada)).toMatchObject({ status: 409, body: { code: 'last-owner' } });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
});

it('race: one of twenty suspensions of a user succeeds', async () => {
  const { tenantId, addUser, suspendUser, getUser } = await users.createOrganization();
  await addUser({ role: 'owner' });
  const ada = await addUser({ role: 'owner' });
  expect(sortStatuses(await race(20, () => suspendUser(ada)))).toEqual(oneWinner(200, 409));
  expect((await getUser(ada)).body).toMatchObject({ status: 'suspended', version: 2 });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
});
