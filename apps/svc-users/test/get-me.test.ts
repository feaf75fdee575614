import { anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { aNewUser, useUsers } from './host.ts';

const users = useUsers({ covers: 'getMe' });

describe('200', () => {
  it('shows one’s own profile, whatever the role', async () => {
    const tenantId = anId();
    const created = await (await users.someone('owner', tenantId)).post('/v1/users', aNewUser());
    const self = await users.as({ id: created.body.id, tenantId, roles: [] });
    expect((await self.get('/v1/users/me')).body).toEqual(created.body);
  });
});

describe('400 invalid request', () => {
  it('refuses a query parameter, because it takes none', async () => {
    expect((await (await users.someone('owner')).get('/v1/users/me?id=x')).status).toBe(400);
  });
});

describe('401 unauthenticated', () => {
  it('refuses nobody', async () => {
    expect((await users.nobody.get('/v1/users/me')).status).toBe(401);
  });
});

describe('404 not found', () => {
  it('says so when the token’s person is not in the tenant', async () => {
    expect((await (await users.as(aPrincipal())).get('/v1/users/me')).body.code).toBe('not-found');
  });

  it('boundary: does not find the same person id in another tenant', async () => {
    const created = await (await users.someone('owner')).post('/v1/users', aNewUser());
    const impostor = await users.as({ id: created.body.id, tenantId: anId(), roles: ['owner'] });
    expect((await impostor.get('/v1/users/me')).status).toBe(404);
  });
});
