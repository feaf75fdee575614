import { describeRefusals } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers('listRoles');

describeRefusals(users.service, 'listRoles', {
  createTenant: users.createOrganization,
  createItem: () => ({}),
  perform: ({ call }: Organization, _item: object, options) => call('listRoles', {}, options),
});

it('200: returns the roles of the tenant by name, in pages', async () => {
  const { call } = await users.createOrganization();
  const names = ['Zed', 'ada', 'Émile'];
  for (const name of names) await call('createRole', { body: { name, permissions: ['users:read'] } });
  await (await users.createOrganization()).addRole('users:read');
  const first = (await call('listRoles', { query: { limit: 2 } })).body;
  const second = (await call('listRoles', { query: { limit: 2, cursor: first.nextCursor } })).body;
  const listed = [...first.items, ...second.items].map(({ name }: { name: string }) => name);
  expect(listed).toEqual(['ada', 'Zed', 'Émile']);
});
