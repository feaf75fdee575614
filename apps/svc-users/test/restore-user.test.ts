import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { aNewUser, anOrganization, personOf, statusesOf, useUsers } from './host.ts';

const users = useUsers({ covers: 'restoreUser' });

describe('200', () => {
  it('brings the person back as they were, with the next version', async () => {
    const { owner, person, remove, restore, read } = await anOrganization(users);
    await remove();
    const restored = await restore();
    expect(restored).toMatchObject({ status: 200, headers: { etag: '"3"' } });
    expect(restored.body).toEqual({ ...person, version: 3, updatedAt: restored.body.updatedAt });
    expect((await read()).text).toBe(restored.text);
    expect((await owner.get(`/v1/users?email=${person.email.toUpperCase()}`)).body.items).toEqual([restored.body]);
  });

  it('brings somebody who was suspended back suspended', async () => {
    const { suspend, remove, restore } = await anOrganization(users);
    await suspend();
    await remove(2);
    expect(await restore()).toMatchObject({ status: 200, body: { status: 'suspended', version: 4 } });
  });

  it('integrity: an owner counts again', async () => {
    const { tenantId, hire, remove, restore } = await anOrganization(users, 'owner');
    await hire({ role: 'owner' });
    await remove();
    expect(await users.ownersOf(tenantId)).toBe(1);
    await restore();
    expect(await users.ownersOf(tenantId)).toBe(2);
  });
});

describe('400 invalid request', () => {
  it('refuses an id that is none, and a query parameter, because it takes none', async () => {
    const { owner, person } = await anOrganization(users);
    expect((await personOf(owner, 'x').restore()).status).toBe(400);
    const url = `/v1/users/${person.id}/restoration?force=1`;
    expect(await owner.send({ method: 'POST', url })).toMatchObject({
      status: 400,
      body: { errors: [{ location: 'query', pointer: '/force' }] },
    });
  });
});

describe('401 and 403', () => {
  it('refuses nobody, and everybody but owners', async () => {
    const { tenantId, person, remove, read } = await anOrganization(users);
    await remove();
    expect((await personOf(users.nobody, person.id).restore()).status).toBe(401);
    expect((await personOf(await users.someone('member', tenantId), person.id).restore()).status).toBe(403);
    expect((await read()).status).toBe(404);
  });
});

describe('404 not found', () => {
  it('boundary: answers alike for another tenant’s removed person and for nobody’s', async () => {
    const { owner, person, remove, read } = await anOrganization(users);
    await remove();
    const stranger = await users.someone('owner');
    expect(await personOf(stranger, person.id).restore()).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await personOf(owner, anId()).restore()).status).toBe(404);
    expect((await read()).status).toBe(404);
  });
});

describe('409 not removed', () => {
  it('refuses to restore who is there, and changes nothing', async () => {
    const { person, restore, read } = await anOrganization(users);
    expect(await restore()).toMatchObject({ status: 409, body: { code: 'not-removed' } });
    expect((await read()).body).toEqual(person);
  });

  it('race: of twenty at once one restores', async () => {
    const { tenantId, hire, remove, restore, read } = await anOrganization(users, 'owner');
    await hire({ role: 'owner' });
    await remove();
    const answers = await Promise.all(Array.from({ length: 20 }, () => restore()));
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect((await read()).body.version).toBe(3);
    expect(await users.ownersOf(tenantId)).toBe(2);
  });
});

describe('409 email taken', () => {
  it('integrity: leaves who is removed removed when somebody else has the address by now', async () => {
    const { owner, person, remove, restore, read } = await anOrganization(users);
    await remove();
    const namesake = await owner.post('/v1/users', aNewUser({ email: person.email.toUpperCase() }));
    expect(await restore()).toMatchObject({ status: 409, body: { code: 'email-taken' } });
    expect((await read()).status).toBe(404);
    expect((await owner.get('/v1/users')).body.items).toEqual([namesake.body]);
  });

  it('race: of somebody who comes back and somebody new one gets the address', async () => {
    const { owner, person, remove, restore } = await anOrganization(users);
    await remove();
    const create = owner.post('/v1/users', aNewUser({ email: person.email }));
    const answers = await Promise.all([restore(), create]);
    expect(statusesOf(answers)[1]).toBe(409);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('email-taken');
    expect((await owner.get(`/v1/users?email=${person.email}`)).body.items).toHaveLength(1);
  });
});

describe('422 idempotency mismatch', () => {
  it('refuses a key that was used for another person', async () => {
    const { owner, hire, remove, restore } = await anOrganization(users);
    const other = personOf(owner, (await hire()).id);
    await Promise.all([remove(), other.remove()]);
    const key = { 'idempotency-key': anId() };
    expect((await restore(key)).status).toBe(200);
    expect(await other.restore(key)).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    expect((await other.read()).status).toBe(404);
  });
});
