import { anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { aNewUser, anOrganization, useUsers } from './host.ts';

const users = useUsers({ covers: 'getUser' });

describe('200', () => {
  it.each(['owner', 'member', 'viewer'])('shows a person to the role %s', async (role) => {
    const tenantId = anId();
    const created = await (await users.someone('owner', tenantId)).post('/v1/users', aNewUser());
    const read = await (await users.someone(role, tenantId)).get(`/v1/users/${created.body.id}`);
    expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(read.body).toEqual(created.body);
  });

  it('shows one’s own profile without any permission', async () => {
    const tenantId = anId();
    const created = await (await users.someone('owner', tenantId)).post('/v1/users', aNewUser());
    const self = await users.as({ id: created.body.id, tenantId, roles: [] });
    expect((await self.get(`/v1/users/${created.body.id}`)).body).toEqual(created.body);
  });
});

describe('400 invalid request', () => {
  it.each(['1', 'ME', anId().toUpperCase(), 'a'.repeat(100), '%00', '$ne', '__proto__'])(
    'refuses the id %s',
    async (id) => {
      expect(await (await users.someone('owner')).get(`/v1/users/${id}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid-request', errors: [{ pointer: '/id', location: 'params' }] },
      });
    },
  );
});

describe('401 and 403', () => {
  it('refuses nobody', async () => {
    expect((await users.nobody.get(`/v1/users/${anId()}`)).status).toBe(401);
  });

  it('refuses who has no role, for everybody but oneself', async () => {
    const stranger = await users.as(aPrincipal({ roles: [] }));
    expect(await stranger.get(`/v1/users/${anId()}`)).toMatchObject({
      status: 403,
      body: { data: { permission: 'users:read' } },
    });
  });
});

describe('404 not found', () => {
  it('boundary: does not show who is removed, and shows who is suspended', async () => {
    const { remove, suspend, read } = await anOrganization(users);
    await suspend();
    expect(await read()).toMatchObject({ status: 200, body: { status: 'suspended' } });
    await remove(2);
    expect(await read()).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('boundary: answers alike for another tenant’s person and for nobody’s', async () => {
    const created = await (await users.someone('owner')).post('/v1/users', aNewUser());
    const stranger = await users.someone('owner');
    const [foreign, unknown] = await Promise.all(
      [created.body.id, anId()].map((id) => stranger.get(`/v1/users/${id}`)),
    );
    const same = ({ body }: { body: object }) => ({ ...body, instance: '', requestId: '' });
    expect(foreign?.status).toBe(404);
    expect(same(foreign as never)).toEqual(same(unknown as never));
  });
});
