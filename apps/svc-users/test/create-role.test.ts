import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers('createRole');
const body = { name: 'Support', permissions: ['users:read', 'orders:read', 'users:read'] };

describeRefusals(users.service, 'createRole', {
  createTenant: users.createOrganization,
  createItem: () => ({ body: { ...body, name: createId() } }),
  perform: ({ call }: Organization, item: { readonly body: object }, options) => call('createRole', item, options),
});

it('201: returns the role with its permissions sorted and each once, Location and ETag', async () => {
  const { owner, call } = await users.createOrganization();
  const created = await call('createRole', { body });
  expect(created).toMatchObject({
    status: 201,
    headers: { location: `/v1/roles/${created.body.id}`, etag: '"1"' },
    body: { name: 'Support', permissions: ['orders:read', 'users:read'] },
  });
  expect((await owner.get(`/v1/roles/${created.body.id}`)).text).toBe(created.text);
});

it.each([
  [{ name: '' }, '/name'],
  [{ name: 'a'.repeat(101) }, '/name'],
  [{ permissions: [] }, '/permissions'],
  [{ permissions: ['orders'] }, '/permissions/0'],
  [{ permissions: ['__proto__'] }, '/permissions/0'],
  [{ permissions: Array(201).fill('orders:read') }, '/permissions'],
])('400: refuses %j, names the field and creates nothing', async (part, pointer) => {
  const { call, stored } = await users.createOrganization();
  const response = await call('createRole', { body: { ...body, ...part } });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  expect(await stored('roles')).toEqual([]);
});

it('422: names the permissions that do not exist, and creates nothing', async () => {
  const { call, stored } = await users.createOrganization();
  const permissions = ['orders:reed', 'users:read', 'users:sing', 'orders:reed'];
  expect(await call('createRole', { body: { ...body, permissions } })).toMatchObject({
    status: 422,
    body: { code: 'unknown-permissions', data: { permissions: ['orders:reed', 'users:sing'] } },
  });
  expect(await stored('roles')).toEqual([]);
});

it('integrity: 403 for a permission that the caller lacks', async () => {
  const { tenantId, call, stored } = await users.createOrganization();
  const as = await users.userWithRole('admin', tenantId);
  const response = await call('createRole', { body: { ...body, permissions: ['users:read', 'users:erase'] } }, { as });
  expect(response).toMatchObject({ status: 403, body: { code: 'forbidden', data: { permission: 'users:erase' } } });
  expect(await stored('roles')).toEqual([]);
});

it('race: one of twenty roles with the same name, in any case, is created', async () => {
  const { call, stored } = await users.createOrganization();
  const responses = await race(20, (index) =>
    call('createRole', { body: { ...body, name: index % 2 ? 'Support' : 'SUPPORT' } }),
  );
  expect(sortStatuses(responses)).toEqual(oneWinner(201, 409));
  expect(responses.find(({ status }) => status === 409)?.body.code).toBe('role-name-taken');
  expect(await stored('roles')).toHaveLength(1);
});

it('race: 403 when the caller is demoted while they create a role with what they lose', async () => {
  const { addUser, call, changeRole, as, stored } = await users.createOrganization();
  const [ada] = [await addUser({ role: 'owner' }), await addUser({ role: 'owner' })];
  const token = await as(ada, 'owner');
  const beforeCommit = () => changeRole(ada, 'admin');
  const response = await users.interleave({ beforeCommit }, () =>
    call('createRole', { body: { ...body, permissions: ['users:erase'] } }, { as: token }),
  );
  expect(response).toMatchObject({ status: 403, body: { data: { permission: 'users:erase' } } });
  expect(await stored('roles')).toEqual([]);
});
