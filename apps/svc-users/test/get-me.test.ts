import { platformTenantId } from '@plinth/data-kit';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useUsers } from './organization.ts';

const users = useUsers('getMe');

it('200: returns the caller, with any role', async () => {
  const { addUser, getMe, as } = await users.createOrganization();
  const ada = await addUser();
  expect(await getMe({ as: await as(ada) })).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: ada });
});

it('403: an identity without an organization is no user', async () => {
  const id = createId();
  const identity = await users.host.as({ id, tenantId: platformTenantId, roles: [], identityId: id });
  expect(await identity.get('/v1/users/me')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});

it('400 and 401: refuses a query parameter and anonymous callers', async () => {
  const { owner, getMe } = await users.createOrganization();
  expect((await owner.get('/v1/users/me?id=x')).status).toBe(400);
  expect((await getMe({ as: users.host.anonymous })).status).toBe(401);
});

it('boundary: 404 when the caller is not a user of the tenant', async () => {
  const { addUser, getMe } = await users.createOrganization();
  const { id } = await addUser();
  expect(await getMe()).toMatchObject({ status: 404, body: { code: 'not-found' } });
  const elsewhere = await users.host.as({ id, tenantId: createId(), roles: ['owner'] });
  expect((await getMe({ as: elsewhere })).status).toBe(404);
});
