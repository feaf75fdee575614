import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

it('returns the DTO of the user, also of a suspended one, and changes nothing', async () => {
  const { db, createUser, suspendUser, getUser } = createOrganization();
  const ada = await createUser();
  expect(await getUser(ada)).toEqual(ada);
  const suspended = await suspendUser(ada);
  const before = db.users.all();
  Object.assign(await getUser(ada), { name: 'Mallory', role: 'owner' });
  expect(await getUser(ada)).toEqual(suspended);
  expect(db.users.all()).toEqual(before);
});

it.each(['', 'x', '\0', '019389AA-5E5F-7C1D-9D3F-7F1E2A3B4C5D'])('boundary: does not find the id %j', async (id) => {
  await expect(createOrganization().getUser({ id })).rejects.toMatchObject({ code: 'not-found' });
});
