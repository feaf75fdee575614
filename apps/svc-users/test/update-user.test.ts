import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { describeRefusals, useUsers } from './organization.ts';

const users = useUsers('updateUser');

describeRefusals(users, 'updateUser', {
  perform: ({ updateUser }, user, options) => updateUser(user, { name: 'Ada King' }, options),
});

describe('200', () => {
  it.each(['application/merge-patch+json', 'application/json'])('returns the changed user: %s', async (type) => {
    const { addUser, updateUser, getUser } = await users.createOrganization();
    const ada = await addUser();
    const changed = await updateUser(ada, { name: 'Ada King' }, { headers: { 'content-type': type } });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(changed.body).toEqual({ ...ada, name: 'Ada King', version: 2, updatedAt: changed.body.updatedAt });
    expect((await getUser(ada)).text).toBe(changed.text);
  });

  it('lets users change their own data by an id of any case, without a permission', async () => {
    const { addUser, updateUser, as } = await users.createOrganization();
    const ada = await addUser();
    const self = { as: await as(ada) };
    expect((await updateUser(ada, { name: 'Me' }, self)).status).toBe(200);
    const upper = { id: ada.id.toUpperCase(), version: 2 };
    expect(await updateUser(upper, { name: 'Still me' }, self)).toMatchObject({ status: 200, body: { id: ada.id } });
  });
});

it.each([{ name: null }, { email: null }, { name: 'a\nb' }, { email: 'ada' }])('400: refuses %j', async (patch) => {
  const { addUser, updateUser } = await users.createOrganization();
  const response = await updateUser(await addUser(), patch as object);
  const pointer = `/${Object.keys(patch)[0]}`;
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer, location: 'body' }] } });
});

it('409: refuses a taken email', async () => {
  const { addUser, updateUser } = await users.createOrganization();
  const [ada, grace] = [await addUser(), await addUser()];
  const response = await updateUser(grace, { email: ada.email.toUpperCase() });
  expect(response).toMatchObject({ status: 409, body: { code: 'email-taken' } });
});

it('race: one of twenty changes of the same version succeeds, and no field is lost', async () => {
  const { addUser, updateUser, getUser } = await users.createOrganization();
  const ada = await addUser();
  const responses = await race(20, (index) => updateUser(ada, { name: `Name ${index}` }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 412));
  const winner = responses.find(({ status }) => status === 200)?.body;
  expect((await getUser(ada)).body).toEqual(winner);
  expect(winner).toMatchObject({ version: 2, email: ada.email });
});
