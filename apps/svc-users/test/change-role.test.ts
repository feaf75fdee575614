import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { anOrganization, personOf, statusesOf, useUsers } from './host.ts';

const users = useUsers({ covers: 'changeRole' });

describe('200', () => {
  it.each([
    ['viewer', 'member'],
    ['member', 'owner'],
    ['member', 'viewer'],
  ])('makes a %s a %s and changes nothing else', async (from, to) => {
    const { person, give, read } = await anOrganization(users, from);
    const changed = await give(to);
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(changed.body).toEqual({ ...person, role: to, version: 2, updatedAt: changed.body.updatedAt });
    expect((await read()).text).toBe(changed.text);
  });

  it('keeps the version when the role is the same', async () => {
    const { person, give } = await anOrganization(users, 'owner');
    expect(await give('owner')).toMatchObject({ status: 200, body: person });
  });

  it('lets owners lower their own role, when another owner stays', async () => {
    const { tenantId, hire, person } = await anOrganization(users, 'owner');
    await hire({ role: 'owner' });
    const self = await users.as({ id: person.id, tenantId, roles: ['owner'] });
    expect((await personOf(self, person.id).give('viewer')).status).toBe(200);
    expect(await users.ownersOf(tenantId)).toBe(1);
  });

  it('integrity: the count follows who becomes and who ceases to be owner', async () => {
    const { tenantId, give } = await anOrganization(users);
    expect(await users.ownersOf(tenantId)).toBe(0);
    await give('owner');
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('400 invalid request', () => {
  it.each([{}, { role: 'admin' }, { role: null }, { role: ['owner'] }, { role: { $gt: '' } }])(
    'refuses %j and changes nothing',
    async (body) => {
      const { owner, person, read } = await anOrganization(users);
      const url = `/v1/users/${person.id}/role`;
      expect(await owner.send({ method: 'PUT', url, body, headers: { 'if-match': '"1"' } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/role', location: 'body' }] },
      });
      expect((await read()).body).toEqual(person);
    },
  );
});

describe('401 and 403', () => {
  it('refuses nobody, and everybody but owners, also for themselves', async () => {
    const { tenantId, person, read } = await anOrganization(users);
    expect((await personOf(users.nobody, person.id).give('owner')).status).toBe(401);
    const self = await users.as({ id: person.id, tenantId, roles: ['member'] });
    expect((await personOf(self, person.id).give('owner')).status).toBe(403);
    expect((await read()).body).toEqual(person);
  });
});

describe('404 not found', () => {
  it('boundary: answers alike for another tenant’s person, for nobody’s and for who is removed', async () => {
    const { owner, person, give, remove, read } = await anOrganization(users);
    const stranger = await users.someone('owner');
    expect(await personOf(stranger, person.id).give('owner')).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
    expect((await personOf(owner, anId()).give('owner')).status).toBe(404);
    expect((await read()).body).toEqual(person);
    await remove();
    expect((await give('owner', 2)).status).toBe(404);
  });
});

describe('409 last owner', () => {
  it('integrity: keeps the last active owner owner', async () => {
    const { tenantId, person, give, read } = await anOrganization(users, 'owner');
    expect(await give('member')).toMatchObject({ status: 409, body: { code: 'last-owner' } });
    expect((await read()).body).toEqual(person);
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('412 stale version', () => {
  it('race: of twenty on one version one wins', async () => {
    const { tenantId, hire, give, read } = await anOrganization(users, 'member');
    await hire({ role: 'owner' });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => give(at % 2 ? 'owner' : 'viewer')));
    expect(statusesOf(answers)).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
    const winner = answers.find(({ status }) => status === 200)?.body;
    expect((await read()).body).toEqual(winner);
    expect(await users.ownersOf(tenantId)).toBe(winner.role === 'owner' ? 2 : 1);
  });

  it('refuses a version that is not the stored one, also for the same role', async () => {
    const { give } = await anOrganization(users);
    expect(await give('member', 2)).toMatchObject({ status: 412, body: { code: 'stale-version' } });
  });
});

describe('413, 415 and 428', () => {
  it('refuses a body above 256 KiB, one that is no JSON, and a change of no version', async () => {
    const { owner, person, read } = await anOrganization(users);
    const put = (body: unknown, headers: Record<string, string>) =>
      owner.send({ method: 'PUT', url: `/v1/users/${person.id}/role`, body, headers });
    const seen = { 'if-match': '"1"' };
    expect((await put({ role: 'owner', extra: 'x'.repeat(256 * 1024) }, seen)).status).toBe(413);
    expect((await put('role=owner', { ...seen, 'content-type': 'text/plain' })).status).toBe(415);
    expect(await put({ role: 'owner' }, {})).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    expect((await read()).body).toEqual(person);
  });
});

describe('422 own role', () => {
  it.each([
    ['viewer', 'member'],
    ['member', 'owner'],
  ])('integrity: a %s does not become %s by themselves with a token from better days', async (from, to) => {
    const { tenantId, person, read } = await anOrganization(users, from);
    const self = await users.as({ id: person.id, tenantId, roles: ['owner'] });
    expect(await personOf(self, person.id).give(to)).toMatchObject({ status: 422, body: { code: 'own-role' } });
    expect((await read()).body).toEqual(person);
  });
});
