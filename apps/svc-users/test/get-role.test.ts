import { describeRefusals } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers('getRole');

describeRefusals(users.service, 'getRole', {
  createTenant: users.createOrganization,
  createItem: ({ addRole }: Organization) => addRole('users:read'),
  perform: ({ call }, { id }, options) => call('getRole', { id }, options),
});

it('200: returns a role to a viewer', async () => {
  const { tenantId, addRole, call } = await users.createOrganization();
  const role = await addRole('users:read');
  const read = await call('getRole', { id: role.id }, { as: await users.userWithRole('viewer', tenantId) });
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: role });
});
