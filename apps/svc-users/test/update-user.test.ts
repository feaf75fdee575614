import type { Caller } from '@plinth/service-kit/testing';
import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { aNewUser, anOrganization, useUsers } from './host.ts';

const users = useUsers({ covers: 'updateUser' });

const aPerson = async (tenantId = anId()) => {
  const owner = await users.someone('owner', tenantId);
  const person = (await owner.post('/v1/users', aNewUser())).body;
  return { owner, person, url: `/v1/users/${person.id}`, tenantId };
};

type Patch = { readonly url: string; readonly body: unknown; readonly ifMatch?: string; readonly type?: string };

const patch = (caller: Caller, { url, body, ifMatch = '"1"', type = 'application/merge-patch+json' }: Patch) =>
  caller.send({
    method: 'PATCH',
    url,
    body: JSON.stringify(body),
    headers: { 'content-type': type, ...(ifMatch && { 'if-match': ifMatch }) },
  });

describe('200', () => {
  it.each(['application/merge-patch+json', 'application/json'])(
    'changes what is given, keeps the rest and counts the version: %s',
    async (type) => {
      const { owner, person, url } = await aPerson();
      const changed = await patch(owner, { url, body: { name: 'Ada King' }, type });
      expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
      expect(changed.body).toEqual({ ...person, name: 'Ada King', version: 2, updatedAt: changed.body.updatedAt });
      expect((await owner.get(url)).text).toBe(changed.text);
    },
  );

  it('changes the address, also to another spelling of the same one', async () => {
    const { owner, person, url } = await aPerson();
    const shouted = person.email.toUpperCase();
    expect(await patch(owner, { url, body: { email: shouted } })).toMatchObject({
      status: 200,
      body: { email: shouted },
    });
    expect((await owner.get(`/v1/users?email=${person.email}`)).body.items).toMatchObject([{ id: person.id }]);
  });

  it('lets everybody change their own data, without any permission', async () => {
    const { person, url, tenantId } = await aPerson();
    const self = await users.as({ id: person.id, tenantId, roles: [] });
    expect((await patch(self, { url, body: { name: 'Me' } })).status).toBe(200);
  });

  it.each([{}, { role: 'owner', version: 9, id: 'x', tenantId: 'y' }])(
    'keeps the version when nothing changes: %j',
    async (body) => {
      const { owner, person, url } = await aPerson();
      expect(await patch(owner, { url, body })).toMatchObject({ status: 200, body: person });
    },
  );

  it('integrity: raises no role, whoever sends it along', async () => {
    const { person, url, tenantId } = await aPerson();
    const self = await users.as({ id: person.id, tenantId, roles: ['member'] });
    const greedy = { name: 'Me', role: 'owner', status: 'suspended', deleted: true };
    expect(await patch(self, { url, body: greedy })).toMatchObject({
      status: 200,
      body: { name: 'Me', role: 'member', status: 'active' },
    });
    expect(await users.ownersOf(tenantId)).toBe(0);
  });

  it('takes any of several versions', async () => {
    const { owner, url } = await aPerson();
    expect((await patch(owner, { url, body: { name: 'a' }, ifMatch: '"7", "1"' })).status).toBe(200);
  });
});

describe('400 invalid request', () => {
  it.each([
    [{ name: null }, '/name'],
    [{ email: null }, '/email'],
    [{ name: '' }, '/name'],
    [{ email: 'ada' }, '/email'],
  ])('refuses %j and changes nothing', async (body, pointer) => {
    const { owner, person, url } = await aPerson();
    expect(await patch(owner, { url, body })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer, location: 'body' }] },
    });
    expect((await owner.get(url)).body).toEqual(person);
  });

  it('refuses an If-Match that is no tag', async () => {
    const { owner, url } = await aPerson();
    expect(await patch(owner, { url, body: { name: 'a' }, ifMatch: '1' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/if-match', location: 'header' }] },
    });
  });
});

describe('401 and 403', () => {
  it('refuses nobody, and everybody without the permission for others', async () => {
    const { url, tenantId } = await aPerson();
    expect((await patch(users.nobody, { url, body: {} })).status).toBe(401);
    expect((await patch(await users.someone('member', tenantId), { url, body: {} })).status).toBe(403);
  });
});

describe('404 not found', () => {
  it('boundary: answers alike for another tenant’s person and for nobody’s, and changes nothing', async () => {
    const { owner, person, url } = await aPerson();
    const stranger = await users.someone('owner');
    expect(await patch(stranger, { url, body: { name: 'Mine' } })).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
    expect((await patch(stranger, { url: `/v1/users/${anId()}`, body: { name: 'Mine' } })).status).toBe(404);
    expect((await owner.get(url)).body).toEqual(person);
  });

  it('boundary: does not find who is removed', async () => {
    const { owner, person, remove } = await anOrganization(users);
    await remove();
    const url = `/v1/users/${person.id}`;
    expect((await patch(owner, { url, body: { name: 'Ghost' }, ifMatch: '"2"' })).status).toBe(404);
  });
});

describe('409 email taken', () => {
  it('integrity: keeps an address to one person, and changes nothing else of the patch', async () => {
    const { owner, person, url } = await aPerson();
    const other = (await owner.post('/v1/users', aNewUser())).body;
    const answer = await patch(owner, { url, body: { name: 'New', email: other.email.toUpperCase() } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'email-taken' } });
    expect((await owner.get(url)).body).toEqual(person);
  });
});

describe('412 stale version', () => {
  it('race: of twenty on one version one wins, and no field is lost', async () => {
    const { owner, person, url } = await aPerson();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => patch(owner, { url, body: { name: `Name ${at}` } })),
    );
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 412),
    ]);
    const winner = answers.find(({ status }) => status === 200)?.body;
    expect((await owner.get(url)).body).toEqual(winner);
    expect(winner).toMatchObject({ version: 2, email: person.email });
  });

  it.each(['"2"', 'W/"1"', '"abc"'])('refuses %s', async (ifMatch) => {
    const { owner, url } = await aPerson();
    expect(await patch(owner, { url, body: { name: 'a' }, ifMatch })).toMatchObject({
      status: 412,
      body: { code: 'stale-version' },
    });
  });
});

describe('422 idempotency mismatch', () => {
  it('refuses a key that was used for another change', async () => {
    const { owner, url } = await aPerson();
    const send = (name: string, version: number) =>
      owner.send({
        method: 'PATCH',
        url,
        body: { name },
        headers: { 'if-match': `"${version}"`, 'idempotency-key': 'the same' },
      });
    expect((await send('Ada', 1)).status).toBe(200);
    expect(await send('Grace', 2)).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    expect((await owner.get(url)).body).toMatchObject({ name: 'Ada', version: 2 });
  });
});

describe('413, 415 and 428', () => {
  it('refuses a body above 256 KiB, and one that is no JSON', async () => {
    const { owner, url } = await aPerson();
    expect((await patch(owner, { url, body: { name: 'x'.repeat(256 * 1024) } })).status).toBe(413);
    expect((await patch(owner, { url, body: {}, type: 'application/json-patch+json' })).status).toBe(415);
  });

  it('takes a merge patch for PATCH only', async () => {
    const { owner } = await aPerson();
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect(
      (await owner.send({ method: 'POST', url: '/v1/users', body: JSON.stringify(aNewUser()), headers })).status,
    ).toBe(415);
  });

  it.each(['', '*'])('asks for the version when If-Match is "%s"', async (ifMatch) => {
    const { owner, url, person } = await aPerson();
    const headers = { 'content-type': 'application/json', ...(ifMatch && { 'if-match': ifMatch }) };
    const answer = await owner.send({ method: 'PATCH', url, body: '{"name":"a"}', headers });
    expect(answer).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    expect((await owner.get(url)).body).toEqual(person);
  });
});

describe('a read of what is known already', () => {
  it.each(['"1"', 'W/"1"', '"9", "1"', '*'])('is answered 304 without a body for %s', async (known) => {
    const { owner, url } = await aPerson();
    const answer = await owner.get(url, { 'if-none-match': known });
    expect(answer).toMatchObject({ status: 304, text: '', headers: { etag: '"1"' } });
    expect(answer.headers).not.toHaveProperty('content-type');
  });

  it('is answered in full after a change', async () => {
    const { owner, url } = await aPerson();
    await patch(owner, { url, body: { name: 'Changed' } });
    expect(await owner.get(url, { 'if-none-match': '"1"' })).toMatchObject({ status: 200, body: { name: 'Changed' } });
  });
});
