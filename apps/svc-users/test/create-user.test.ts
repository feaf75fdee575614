import { createUserInput } from '@plinth/actions/users/testing';
import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { useUsers } from './organization.ts';

const users = useUsers('createUser');

describe('201', () => {
  it('returns the user, Location and ETag', async () => {
    const { owner, createUser } = await users.createOrganization();
    const draft = createUserInput({
      name: 'Zoë \u{1F469}\u200D\u{1F680} O’Neil',
      email: 'R&D/zoe=1@xn--bcher-kva.xn--p1ai',
    });
    const created = await createUser(draft);
    expect(created).toMatchObject({ status: 201, body: { ...draft, status: 'active', version: 1 } });
    expect(created.headers).toMatchObject({ location: `/v1/users/${created.body.id}`, etag: '"1"' });
    expect((await owner.get(`/v1/users/${created.body.id}`)).text).toBe(created.text);
  });

  it('boundary: accepts the longest name and email', async () => {
    const { createUser } = await users.createOrganization();
    const email = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(58)}.ex`;
    expect(email).toHaveLength(254);
    const draft = createUserInput({ name: '漢'.repeat(200), email });
    expect(await createUser(draft)).toMatchObject({ status: 201, body: draft });
  });
});

describe('400', () => {
  const invisible = [{ name: undefined }, { name: '' }, { name: ' \u200b\u3164' }];
  const unprintable = [{ name: 'Ada\r\nBcc: eve@evil.example' }, { name: 'a\0b' }, { name: 'a\ud800' }];
  const others = [{ name: 'n'.repeat(201) }, { name: { $gt: '' } }, { email: 'ada' }, { role: 'root' }];

  it.each([...invisible, ...unprintable, ...others])(
    'refuses %j, names the field and creates nothing',
    async (part) => {
      const { createUser, stored } = await users.createOrganization();
      const errors = [{ pointer: `/${Object.keys(part)[0]}`, location: 'body' }];
      const response = await createUser(createUserInput(part as object));
      expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request', errors } });
      expect(await stored()).toEqual([]);
    },
  );
});

it('401 and 403: refuses anonymous callers and other roles before it validates the body', async () => {
  const anonymous = await users.host.anonymous.post('/v1/users', { role: 7 });
  expect(anonymous).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  expect(anonymous.headers['www-authenticate']).toContain('Bearer');
  for (const role of ['member', 'viewer', 'billing', 'unknown', '__proto__']) {
    const response = await (await users.userWithRole(role)).post('/v1/users', { role: 7 });
    expect(response).toMatchObject({ status: 403, body: { data: { permission: 'users:write' } } });
  }
});

it('race: one of twenty users with the same email, in any case, is created and counted', async () => {
  const { tenantId, createUser, stored } = await users.createOrganization();
  const emails = ['Ada@Test.example', 'ADA@test.EXAMPLE'] as const;
  await createUser({ role: 'owner' });
  const responses = await race(20, (index) => createUser({ email: emails[index % 2] as string, role: 'owner' }));
  expect(sortStatuses(responses)).toEqual(oneWinner(201, 409));
  expect(responses.find(({ status }) => status === 409)?.body.code).toBe('email-taken');
  expect(await stored()).toHaveLength(2);
  expect(await users.getOwnerCount(tenantId)).toBe(2);
});

it('413, 415 and 422: refuses a large body, another type and a reused key, and creates nothing', async () => {
  const { owner, createUser, stored } = await users.createOrganization();
  expect((await createUser({ ...createUserInput(), extra: 'x'.repeat(256 * 1024) } as object)).status).toBe(413);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/merge-patch+json']) {
    expect((await owner.post('/v1/users', 'name=a', { 'content-type': type })).status).toBe(415);
  }
  const options = { headers: { 'idempotency-key': createId() } };
  expect((await createUser({}, options)).status).toBe(201);
  expect(await createUser({}, options)).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  expect(await stored()).toHaveLength(1);
});

it('race: 409 when another request adds the first owner at the same time', async () => {
  const { tenantId, createUser } = await users.createOrganization();
  const beforeCommit = () => createUser({ role: 'owner' });
  const response = await users.interleave({ beforeCommit }, () => createUser({ role: 'owner' }));
  expect(response).toMatchObject({ status: 409, body: { code: 'owners-changed' } });
  expect(await users.getOwnerCount(tenantId)).toBe(1);
});

it('201 and 422: creates a user with a custom role, and none with one that does not exist', async () => {
  const { createUser, addRole, stored } = await users.createOrganization();
  const { id: roleId } = await addRole('users:read');
  expect(await createUser({ role: 'custom', roleId })).toMatchObject({ status: 201, body: { role: 'custom', roleId } });
  const missing = await createUser({ role: 'custom', roleId: createId() });
  expect(missing).toMatchObject({ status: 422, body: { code: 'role-missing' } });
  expect(await stored()).toHaveLength(1);
});
