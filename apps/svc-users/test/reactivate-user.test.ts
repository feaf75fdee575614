import { expect, it } from 'vitest';
import { oneWinner, race, sortStatuses, useUsers } from './organization.ts';
import { describeRefusals } from './refusals.ts';

const users = useUsers('reactivateUser');

describeRefusals(users, 'reactivateUser', {
  prepare: ({ suspendUser }, user) => suspendUser(user),
  perform: ({ reactivateUser }, user, options) => reactivateUser(user, options),
});

it('200: returns the active user', async () => {
  const { addUser, suspendUser, reactivateUser, getUser } = await users.createOrganization();
  const ada = await addUser();
  await suspendUser(ada);
  const active = await reactivateUser(ada);
  expect(active).toMatchObject({ status: 200, headers: { etag: '"3"' }, body: { status: 'active', version: 3 } });
  expect((await getUser(ada)).text).toBe(active.text);
});

it('race: one of twenty reactivations of a user succeeds', async () => {
  const { tenantId, addUser, suspendUser, reactivateUser, getUser } = await users.createOrganization();
  await addUser({ role: 'owner' });
  const ada = await addUser({ role: 'owner' });
  await suspendUser(ada);
  expect(sortStatuses(await race(20, () => reactivateUser(ada)))).toEqual(oneWinner(200, 409));
  expect((await getUser(ada)).body).toMatchObject({ status: 'active', version: 3 });
  expect(await users.getOwnerCount(tenantId)).toBe(2);
});
