import { describeRefusals } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers('listPermissions');

describeRefusals(users.service, 'listPermissions', {
  createTenant: users.createOrganization,
  createItem: () => ({}),
  perform: ({ call }: Organization, _item: object, options) => call('listPermissions', {}, options),
});

it('200: returns the permissions of every module, sorted, with the roles that have them', async () => {
  const { call } = await users.createOrganization();
  const { permissions } = (await call('listPermissions')).body as { permissions: { readonly name: string }[] };
  const names = permissions.map(({ name }) => name);
  expect(names).toEqual(names.toSorted());
  expect(names).toEqual(expect.arrayContaining(['audit:read', 'orders:charge', 'roles:write', 'users:erase']));
  expect(permissions.find(({ name }) => name === 'users:erase')).toEqual({
    name: 'users:erase',
    title: 'Erase deleted users',
    roles: ['owner'],
  });
});

it('400: refuses a query', async () => {
  const { owner } = await users.createOrganization();
  expect((await owner.get('/v1/permissions?role=owner')).status).toBe(400);
});
