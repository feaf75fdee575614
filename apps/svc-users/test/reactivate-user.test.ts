import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { describeRefusals, useUsers } from './organization.ts';

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

it('race: 409 when another request adds the first owner at the same time', async () => {
  const { tenantId, addUser, createUser, suspendUser, changeRole, reactivateUser } = await users.createOrganization();
  const ada = await addUser();
  await changeRole((await suspendUser(ada)).body, 'owner');
  const beforeCommit = () => createUser({ role: 'owner' });
  const response = await users.interleave({ beforeCommit }, () => reactivateUser(ada));
  expect(response).toMatchObject({ status: 409, body: { code: 'owners-changed' } });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
});
