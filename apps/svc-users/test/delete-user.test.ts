import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { aNewUser, anOrganization, personOf, statusesOf, useUsers } from './host.ts';

const users = useUsers({ covers: 'deleteUser' });

describe('204', () => {
  it('answers without a body, and the person is nowhere any longer', async () => {
    const { owner, person, remove, read } = await anOrganization(users);
    const removed = await remove();
    expect(removed).toMatchObject({ status: 204, text: '' });
    expect(removed.headers).not.toHaveProperty('content-type');
    expect((await read()).status).toBe(404);
    expect((await owner.get('/v1/users')).body.items).toEqual([]);
    expect((await owner.get(`/v1/users?email=${person.email}`)).body.items).toEqual([]);
  });

  it('frees the address for somebody else', async () => {
    const { owner, person, remove } = await anOrganization(users);
    expect((await owner.post('/v1/users', aNewUser({ email: person.email }))).status).toBe(409);
    await remove();
    expect((await owner.post('/v1/users', aNewUser({ email: person.email.toUpperCase() }))).status).toBe(201);
  });

  it('integrity: owners count until they are removed', async () => {
    const { tenantId, hire, remove } = await anOrganization(users, 'owner');
    await hire({ role: 'owner' });
    expect(await users.ownersOf(tenantId)).toBe(2);
    expect((await remove()).status).toBe(204);
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('400 invalid request', () => {
  it.each(['x', '%00', anId().toUpperCase()])('refuses the id %s', async (id) => {
    const owner = await users.someone('owner');
    expect(await personOf(owner, id).remove()).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('401 and 403', () => {
  it('refuses nobody, and everybody but owners, also for themselves', async () => {
    const { tenantId, person, read } = await anOrganization(users);
    expect((await personOf(users.nobody, person.id).remove()).status).toBe(401);
    const self = await users.as({ id: person.id, tenantId, roles: ['member'] });
    for (const caller of [self, await users.someone('viewer', tenantId)]) {
      expect(await personOf(caller, person.id).remove()).toMatchObject({
        status: 403,
        body: { data: { permission: 'users:write' } },
      });
    }
    expect((await read()).body).toEqual(person);
  });
});

describe('404 not found', () => {
  it('boundary: answers alike for another tenant’s person, for nobody’s and for who is removed', async () => {
    const { owner, person, remove, read } = await anOrganization(users);
    const stranger = await users.someone('owner');
    expect(await personOf(stranger, person.id).remove()).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await personOf(owner, anId()).remove()).status).toBe(404);
    expect((await read()).body).toEqual(person);
    await remove();
    expect((await remove(2)).status).toBe(404);
  });
});

describe('409 last owner', () => {
  it('integrity: keeps the last active owner, whoever else there is', async () => {
    const { tenantId, owner, hire, person, remove, read } = await anOrganization(users, 'owner');
    await hire({ role: 'member' });
    expect((await personOf(owner, (await hire({ role: 'owner' })).id).suspend()).status).toBe(200);
    expect(await remove()).toMatchObject({ status: 409, body: { code: 'last-owner' } });
    expect((await read()).body).toEqual(person);
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('412 stale version', () => {
  it('race: of twenty on one version one wins', async () => {
    const { remove, read } = await anOrganization(users);
    const answers = await Promise.all(Array.from({ length: 20 }, () => remove()));
    const [first, ...others] = statusesOf(answers);
    expect(first).toBe(204);
    expect(others.filter((status) => status !== 412 && status !== 404)).toEqual([]);
    expect((await read()).status).toBe(404);
  });

  it('refuses a version that is not the stored one, and removes nobody', async () => {
    const { person, remove, read } = await anOrganization(users);
    expect(await remove(2)).toMatchObject({ status: 412, body: { code: 'stale-version' } });
    expect((await read()).body).toEqual(person);
  });
});

describe('422 idempotency mismatch', () => {
  it('refuses a key that was used for another person, and removes nobody', async () => {
    const { owner, hire, remove } = await anOrganization(users);
    const other = await hire();
    const key = { 'idempotency-key': anId() };
    expect((await remove(1, key)).status).toBe(204);
    expect(await personOf(owner, other.id).remove(1, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
    expect((await personOf(owner, other.id).read()).body).toEqual(other);
  });
});

describe('428 precondition required', () => {
  it('asks for the version', async () => {
    const { owner, person, read } = await anOrganization(users);
    expect(await owner.send({ method: 'DELETE', url: `/v1/users/${person.id}` })).toMatchObject({
      status: 428,
      body: { code: 'precondition-required' },
    });
    expect((await read()).body).toEqual(person);
  });
});
