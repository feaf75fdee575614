import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

it('returns the DTO of the caller, also of a suspended one', async () => {
  const { createUser, suspendUser, getMe, as } = createOrganization();
  const [ada, grace] = [await createUser(), await createUser()];
  expect(await getMe(as(ada))).toEqual(ada);
  await suspendUser(grace);
  expect(await getMe(as(grace))).toMatchObject({ id: grace.id, status: 'suspended' });
});

it('integrity: nothing in the input selects another user', async () => {
  const { run, createUser, as } = createOrganization();
  const [ada, grace] = [await createUser(), await createUser()];
  const forged = { id: grace.id, query: { id: grace.id }, body: { id: grace.id } };
  expect(await run.getMe(forged as object, as(ada))).toEqual(ada);
});
