import { users } from '@plinth/models/users';
import { build, createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

const ada = { name: 'Émilie Ada', email: 'ADA.Lovelace@Acme.example', role: 'member' } as const;

it('stores the user in the tenant of the caller: active, with the keys of name and email', async () => {
  const { db, owner, createUser } = createOrganization();
  const { id } = await createUser(ada);
  expect(db.users.all()).toEqual([
    {
      ...ada,
      _id: id,
      tenantId: owner.tenantId,
      version: 1,
      emailKey: 'ada.lovelace@acme.example',
      nameKey: 'emilie ada\tÉmilie Ada',
      status: 'active',
      deleted: false,
      createdAt: db.clock.now(),
      updatedAt: db.clock.now(),
    },
  ]);
});

it('returns the DTO with name and email as sent, and emits user-created with id and role only', async () => {
  const { db, createUser } = createOrganization();
  const [{ id, ...user }, now] = [await createUser(ada), db.clock.now().toISOString()];
  expect(user).toEqual({ ...ada, version: 1, status: 'active', createdAt: now, updatedAt: now });
  const events = db.emitted().map(({ name, aggregateId, payload }) => ({ name, aggregateId, payload }));
  expect(events).toEqual([{ name: 'users.user-created', aggregateId: id, payload: { userId: id, role: 'member' } }]);
});

it('counts owners, and no other users', async () => {
  const { db, createUser, getOwnerCount } = createOrganization();
  await createUser({ role: 'member' });
  expect(db.ownerCounts.all()).toEqual([]);
  for (const expected of [1, 2, 3]) {
    await createUser({ role: 'owner' });
    expect(getOwnerCount()).toBe(expected);
  }
  expect(db.ownerCounts.all()).toMatchObject([{ scope: 'tenant', owners: 3 }]);
});

it('integrity: a taken email, in any case, creates and counts nothing', async () => {
  const { createUser, expectUnchanged } = createOrganization();
  await createUser({ ...ada, role: 'owner' });
  const taken = { ...ada, email: ada.email.toLowerCase(), role: 'owner' } as const;
  await expectUnchanged(() => expect(createUser(taken)).rejects.toMatchObject({ code: 'email-taken' }));
});

it('integrity: stores no field that the schema of the body lacks', async () => {
  const { db, owner, createUser } = createOrganization();
  const forged = { tenantId: createContext().tenantId, emailKey: 'x', admin: true, deleted: true, version: 9 };
  await createUser({ ...ada, ...forged } as typeof ada);
  const [user] = db.users.all();
  const { tenantId } = owner;
  expect(user).toMatchObject({ tenantId, emailKey: ada.email.toLowerCase(), version: 1, deleted: false });
  expect(user).not.toHaveProperty('admin');
});

it.each([{ role: 'root' }, { name: '' }, { name: '\u200b' }, { email: `${'a'.repeat(250)}@acme.example` }])(
  'integrity: the validator of the collection refuses %j, even when the request was not validated',
  async (part) => {
    const { db, createUser } = createOrganization();
    await expect(createUser({ ...ada, ...part } as typeof ada)).rejects.toThrow(/breaks (its schema|the validator)/);
    expect(db.users.all()).toEqual([]);
  },
);

it('boundary: another tenant may have the same email, and counts its own owners', async () => {
  const { db, owner, createUser } = createOrganization();
  const other = createContext();
  await createUser({ ...ada, role: 'owner' });
  expect(await createUser({ ...ada, role: 'owner' }, other)).toMatchObject({ email: ada.email });
  expect(db.ownerCounts.all()).toMatchObject([
    { tenantId: owner.tenantId, owners: 1 },
    { tenantId: other.tenantId, owners: 1 },
  ]);
});

it('boundary: accepts any valid user unchanged', async () => {
  const { createUser } = createOrganization();
  for (let count = 0; count < 30; count += 1) {
    const { name, role: any } = build(users);
    const role = any === 'custom' ? 'viewer' : any;
    expect(await createUser({ name, role })).toMatchObject({ name, role });
  }
});
