import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { aNewUser, useUsers } from './host.ts';

const users = useUsers({ covers: 'createUser' });

describe('201', () => {
  it('answers with the person, its place and its version', async () => {
    const owner = await users.someone('owner');
    const draft = aNewUser({ name: 'Zoë 🦉 O’Neil', email: 'Zoe@Test.Example' });
    const created = await owner.post('/v1/users', draft);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...draft, status: 'active', version: 1 });
    expect(created.headers).toMatchObject({ location: `/v1/users/${created.body.id}`, etag: '"1"' });
    const read = await owner.get(String(created.headers['location']));
    expect(read.text).toBe(created.text);
  });

  it('drops unknown fields and fields that are not the client’s', async () => {
    const owner = await users.someone('owner');
    const created = await owner.post('/v1/users', {
      ...aNewUser(),
      id: anId(),
      tenantId: anId(),
      version: 9,
      status: 'suspended',
      deleted: true,
      admin: true,
    });
    expect(created.status).toBe(201);
    expect(Object.keys(created.body).sort()).toEqual([
      'createdAt',
      'email',
      'id',
      'name',
      'role',
      'status',
      'updatedAt',
      'version',
    ]);
    expect(created.body).toMatchObject({ version: 1, status: 'active' });
    expect((await owner.get(`/v1/users/${created.body.id}`)).body).toEqual(created.body);
  });

  it('boundary: takes the longest name and address that the contract allows', async () => {
    const owner = await users.someone('owner');
    const email = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(58)}.ex`;
    const draft = aNewUser({ name: 'n'.repeat(200), email });
    expect(email).toHaveLength(254);
    expect(await owner.post('/v1/users', draft)).toMatchObject({ status: 201, body: draft });
  });
});

describe('400 invalid request', () => {
  const refused = [
    ['a missing name', { name: undefined }, '/name'],
    ['an empty name', { name: '' }, '/name'],
    ['a name of blanks', { name: '  ' }, '/name'],
    ['a name that is too long', { name: 'n'.repeat(201) }, '/name'],
    ['a name with half a character', { name: 'a\ud800' }, '/name'],
    ['a name that is an operator', { name: { $gt: '' } }, '/name'],
    ['an address without a domain', { email: 'ada' }, '/email'],
    ['an unknown role', { role: 'admin' }, '/role'],
  ] as const;

  it.each(refused)('refuses %s, names the field and writes nothing', async (_, overrides, pointer) => {
    const owner = await users.someone('owner');
    const answer = await owner.post('/v1/users', aNewUser(overrides));
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ pointer, location: 'body' }] },
    });
    expect((await owner.get('/v1/users')).body.items).toEqual([]);
  });

  it.each([
    ['malformed JSON', '{"name":'],
    ['a poisoned prototype', '{"__proto__":{"role":"owner"},"name":"a","email":"a@b.example","role":"viewer"}'],
    [
      'a poisoned constructor',
      '{"constructor":{"prototype":{"a":1}},"name":"a","email":"a@b.example","role":"viewer"}',
    ],
    ['nothing', ''],
  ])('refuses %s', async (_, payload) => {
    const owner = await users.someone('owner');
    const answer = await owner.post('/v1/users', payload, { 'content-type': 'application/json' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });

  it('refuses a query parameter, because it takes none', async () => {
    const owner = await users.someone('owner');
    expect(await owner.post(`/v1/users?tenantId=${anId()}`, aNewUser())).toMatchObject({
      status: 400,
      body: { errors: [{ location: 'query', code: 'unknown-field', pointer: '/tenantId' }] },
    });
  });
});

describe('401 and 403', () => {
  it('refuses nobody before it looks at the body', async () => {
    const answer = await users.nobody.post('/v1/users', { role: 7 });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  });

  it.each(['member', 'viewer', 'unknown', '__proto__', 'constructor'])(
    'refuses the role %s before it looks at the body',
    async (role) => {
      const answer = await (await users.someone(role)).post('/v1/users', { role: 7 });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden', data: { permission: 'users:write' } } });
    },
  );
});

describe('409 email taken', () => {
  it('race: of twenty at once with one address, in whatever case, one wins', async () => {
    const owner = await users.someone('owner');
    const spellings = Array.from({ length: 20 }, (_, at) => (at % 2 ? 'Ada@Test.example' : 'ADA@test.EXAMPLE'));
    const answers = await Promise.all(spellings.map((email) => owner.post('/v1/users', aNewUser({ email }))));
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      201,
      ...Array.from({ length: 19 }, () => 409),
    ]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('email-taken');
    expect((await owner.get('/v1/users')).body.items).toHaveLength(1);
  });

  it('boundary: the same address is free in another tenant', async () => {
    const draft = aNewUser();
    const [here, there] = await Promise.all([users.someone('owner'), users.someone('owner')]);
    expect((await here.post('/v1/users', draft)).status).toBe(201);
    expect((await there.post('/v1/users', draft)).status).toBe(201);
  });
});

describe('409 owners changed', () => {
  it('integrity: counts the owners that there are, and none that was refused', async () => {
    const tenantId = anId();
    const owner = await users.someone('owner', tenantId);
    const draft = aNewUser({ role: 'owner' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => owner.post('/v1/users', draft)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await owner.post('/v1/users', aNewUser({ role: 'member' }))).status).toBe(201);
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('422 idempotency mismatch', () => {
  it('refuses a key that was used for another person', async () => {
    const owner = await users.someone('owner');
    const key = { 'idempotency-key': anId() };
    const created = await owner.post('/v1/users', aNewUser(), key);
    expect(created.status).toBe(201);
    expect(await owner.post('/v1/users', aNewUser(), key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
    expect((await owner.get('/v1/users')).body.items).toEqual([created.body]);
  });
});

describe('413 and 415', () => {
  it('refuses a body above 256 KiB', async () => {
    const owner = await users.someone('owner');
    expect(await owner.post('/v1/users', aNewUser({ extra: 'x'.repeat(256 * 1024) }))).toMatchObject({
      status: 413,
      body: { code: 'payload-too-large' },
    });
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])('refuses %s', async (type) => {
    const owner = await users.someone('owner');
    expect(await owner.post('/v1/users', 'name=a', { 'content-type': type })).toMatchObject({
      status: 415,
      body: { code: 'unsupported-media-type' },
    });
  });
});
