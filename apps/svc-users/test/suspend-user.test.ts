import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { anOrganization, personOf, statusesOf, useUsers } from './host.ts';

const users = useUsers({ covers: 'suspendUser' });

describe('200', () => {
  it('suspends the person and changes nothing else', async () => {
    const { person, suspend, read } = await anOrganization(users);
    const suspended = await suspend();
    expect(suspended).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(suspended.body).toEqual({
      ...person,
      status: 'suspended',
      version: 2,
      updatedAt: suspended.body.updatedAt,
    });
    expect((await read()).text).toBe(suspended.text);
  });

  it('integrity: owners count until they are suspended', async () => {
    const { tenantId, hire, suspend } = await anOrganization(users, 'owner');
    await hire({ role: 'owner' });
    await suspend();
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('400 invalid request', () => {
  it('refuses an id that is none, and a query parameter, because it takes none', async () => {
    const { owner, person, read } = await anOrganization(users);
    expect((await personOf(owner, 'x').suspend()).status).toBe(400);
    const url = `/v1/users/${person.id}/suspension?until=tomorrow`;
    expect((await owner.send({ method: 'POST', url })).status).toBe(400);
    expect((await read()).body).toEqual(person);
  });
});

describe('401 and 403', () => {
  it('refuses nobody, and everybody but owners', async () => {
    const { tenantId, person, read } = await anOrganization(users);
    expect((await personOf(users.nobody, person.id).suspend()).status).toBe(401);
    expect((await personOf(await users.someone('member', tenantId), person.id).suspend()).status).toBe(403);
    expect((await read()).body).toEqual(person);
  });
});

describe('404 not found', () => {
  it('boundary: answers alike for another tenant’s person, for nobody’s and for who is removed', async () => {
    const { owner, person, suspend, remove, read } = await anOrganization(users);
    const stranger = await users.someone('owner');
    expect(await personOf(stranger, person.id).suspend()).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await personOf(owner, anId()).suspend()).status).toBe(404);
    expect((await read()).body).toEqual(person);
    await remove();
    expect((await suspend()).status).toBe(404);
  });
});

describe('409 already suspended', () => {
  it('race: of twenty at once one suspends', async () => {
    const { tenantId, hire, suspend, read } = await anOrganization(users, 'owner');
    await Promise.all([hire({ role: 'owner' }), hire({ role: 'owner' })]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => suspend()));
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    expect((await read()).body).toMatchObject({ status: 'suspended', version: 2 });
    expect(await users.ownersOf(tenantId)).toBe(2);
  });

  it('says so, and changes nothing', async () => {
    const { suspend, read } = await anOrganization(users);
    const { body } = await suspend();
    expect(await suspend()).toMatchObject({ status: 409, body: { code: 'already-suspended' } });
    expect((await read()).body).toEqual(body);
  });
});

describe('409 last owner', () => {
  it('integrity: keeps the last active owner active', async () => {
    const { tenantId, owner, hire, person, suspend, read } = await anOrganization(users, 'owner');
    const other = await hire({ role: 'owner' });
    expect((await personOf(owner, other.id).suspend()).status).toBe(200);
    expect(await suspend()).toMatchObject({ status: 409, body: { code: 'last-owner' } });
    expect((await read()).body).toEqual(person);
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('422 idempotency mismatch', () => {
  it('refuses a key that was used for another person', async () => {
    const { owner, hire, suspend } = await anOrganization(users);
    const other = await hire();
    const key = { 'idempotency-key': anId() };
    expect((await suspend(key)).status).toBe(200);
    expect(await personOf(owner, other.id).suspend(key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
    expect((await personOf(owner, other.id).read()).body).toEqual(other);
  });
});
