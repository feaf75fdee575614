import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { anOrganization, personOf, statusesOf, useUsers } from './host.ts';

const users = useUsers({ covers: 'reactivateUser' });

/** An organization whose one person is suspended. */
const withSuspended = async (role?: string) => {
  const organization = await anOrganization(users, role);
  if (role === 'owner') await organization.hire({ role });
  const { body } = await organization.suspend();
  return { ...organization, suspended: body };
};

describe('200', () => {
  it('lets the person in again and changes nothing else', async () => {
    const { person, reactivate, read } = await withSuspended();
    const active = await reactivate();
    expect(active).toMatchObject({ status: 200, headers: { etag: '"3"' } });
    expect(active.body).toEqual({ ...person, version: 3, updatedAt: active.body.updatedAt });
    expect((await read()).text).toBe(active.text);
  });

  it('integrity: an owner counts again', async () => {
    const { tenantId, reactivate } = await withSuspended('owner');
    expect(await users.ownersOf(tenantId)).toBe(1);
    await reactivate();
    expect(await users.ownersOf(tenantId)).toBe(2);
  });
});

describe('400 invalid request', () => {
  it('refuses an id that is none, and a query parameter, because it takes none', async () => {
    const { owner, person, suspended, read } = await withSuspended();
    expect((await personOf(owner, 'x').reactivate()).status).toBe(400);
    const url = `/v1/users/${person.id}/reactivation?at=once`;
    expect((await owner.send({ method: 'POST', url })).status).toBe(400);
    expect((await read()).body).toEqual(suspended);
  });
});

describe('401 and 403', () => {
  it('refuses nobody, and everybody but owners', async () => {
    const { tenantId, person, suspended, read } = await withSuspended();
    expect((await personOf(users.nobody, person.id).reactivate()).status).toBe(401);
    expect((await personOf(await users.someone('member', tenantId), person.id).reactivate()).status).toBe(403);
    expect((await read()).body).toEqual(suspended);
  });
});

describe('404 not found', () => {
  it('boundary: answers alike for another tenant’s person, for nobody’s and for who is removed', async () => {
    const { owner, person, suspended, reactivate, remove, read } = await withSuspended();
    const stranger = await users.someone('owner');
    expect(await personOf(stranger, person.id).reactivate()).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
    expect((await personOf(owner, anId()).reactivate()).status).toBe(404);
    expect((await read()).body).toEqual(suspended);
    await remove(2);
    expect((await reactivate()).status).toBe(404);
  });
});

describe('409 not suspended', () => {
  it('race: of twenty at once one reactivates', async () => {
    const { tenantId, reactivate, read } = await withSuspended('owner');
    const answers = await Promise.all(Array.from({ length: 20 }, () => reactivate()));
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect((await read()).body).toMatchObject({ status: 'active', version: 3 });
    expect(await users.ownersOf(tenantId)).toBe(2);
  });

  it('says so, and changes nothing', async () => {
    const { person, reactivate, read } = await anOrganization(users);
    expect(await reactivate()).toMatchObject({ status: 409, body: { code: 'not-suspended' } });
    expect((await read()).body).toEqual(person);
  });
});

describe('422 idempotency mismatch', () => {
  it('refuses a key that was used for another person', async () => {
    const { owner, hire, reactivate } = await withSuspended();
    const other = personOf(owner, (await hire()).id);
    const { body } = await other.suspend();
    const key = { 'idempotency-key': anId() };
    expect((await reactivate(key)).status).toBe(200);
    expect(await other.reactivate(key)).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    expect((await other.read()).body).toEqual(body);
  });
});
