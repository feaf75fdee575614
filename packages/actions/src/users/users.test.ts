import type { UsersService } from '@plinth/contracts/users';
import { describe, expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

describe('listUsers', () => {
  type Query = Parameters<UsersService['listUsers']>[0]['query'];

  it('returns the DTOs in the requested order, names without case and accents', async () => {
    const { db, owner, run, createUser } = createOrganization();
    const add = (name: string) => {
      db.clock.advance(1000);
      return createUser({ name });
    };
    const users = [await add('ada'), await add('Émile'), await add('Bob'), await add('Ada')] as const;
    const firstPage: Query = { where: {}, sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined };
    const list = (sort: Query['sort']) => run.listUsers({ query: { ...firstPage, sort } }, owner);
    const [ada, emile, bob, secondAda] = users;
    expect(await list('-createdAt')).toEqual({ items: users.toReversed(), nextCursor: null });
    expect(await list('createdAt')).toEqual({ items: users, nextCursor: null });
    expect((await list('name')).items).toEqual([secondAda, ada, bob, emile]);
    expect((await list('-name')).items).toEqual([emile, bob, ada, secondAda]);
  });
});

describe('getMe', () => {
  it('returns the DTO of the caller, even of a suspended one', async () => {
    const { createUser, suspendUser, getMe, as } = createOrganization();
    const [ada, grace] = [await createUser(), await createUser()];
    expect(await getMe(as(ada))).toEqual(ada);
    await suspendUser(grace);
    expect(await getMe(as(grace))).toMatchObject({ id: grace.id, status: 'suspended' });
  });

  it('integrity: nothing in the input selects another user', async () => {
    const { run, createUser, as } = createOrganization();
    const [ada, grace] = [await createUser(), await createUser()];
    const forged = { id: grace.id, query: { id: grace.id }, body: { id: grace.id } };
    expect(await run.getMe(forged as object, as(ada))).toEqual(ada);
  });
});

describe('getUser', () => {
  it('returns the DTO of the user, even of a suspended one, and changes nothing', async () => {
    const { db, createUser, suspendUser, getUser } = createOrganization();
    const ada = await createUser();
    expect(await getUser(ada)).toEqual(ada);
    const suspended = await suspendUser(ada);
    const before = db.users.all();
    Object.assign(await getUser(ada), { name: 'Mallory', role: 'owner' });
    expect(await getUser(ada)).toEqual(suspended);
    expect(db.users.all()).toEqual(before);
  });

  it.each(['', 'x', '\0', '019389AA-5E5F-7C1D-9D3F-7F1E2A3B4C5D'])('boundary: does not find the id %j', async (id) => {
    await expect(createOrganization().getUser({ id })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('updateUser', () => {
  it.each([{ name: 'Éva King' }, { email: 'King@acme.example' }, { name: 'Eva', email: 'eva@acme.example' }])(
    'changes %j with its keys and nothing else, and emits user-updated without personal data',
    async (patch) => {
      const { createUser, updateUser, stored, collectEvents } = createOrganization();
      const ada = await createUser();
      const before = stored(ada);
      const events = await collectEvents(async () =>
        expect(await updateUser(ada, patch)).toEqual({ ...ada, ...patch, version: 2 }),
      );
      const { emailKey, nameKey, ...after } = stored(ada) as unknown as Record<string, unknown>;
      const { emailKey: _, nameKey: __, ...unchanged } = before as unknown as Record<string, unknown>;
      expect(after).toEqual({ ...unchanged, ...patch, version: 2 });
      expect(emailKey).toBe((patch.email ?? ada.email).toLowerCase());
      expect(nameKey).toMatch(new RegExp(`\t${patch.name ?? ada.name}$`));
      expect(events).toEqual([{ name: 'users.user-updated', aggregateId: ada.id, payload: { userId: ada.id } }]);
    },
  );

  it('changes nothing and emits nothing when the patch has no new value', async () => {
    const { createUser, updateUser, expectUnchanged } = createOrganization();
    const ada = await createUser();
    await expectUnchanged(async () => {
      for (const patch of [{}, { name: ada.name }, { email: ada.email }, { name: ada.name, email: ada.email }]) {
        expect(await updateUser(ada, patch)).toEqual(ada);
      }
    });
  });

  it('integrity: a taken email undoes the whole change', async () => {
    const { createUser, updateUser, expectUnchanged } = createOrganization();
    const [ada, alan] = [await createUser(), await createUser()];
    const patch = { name: 'New', email: ada.email.toUpperCase() };
    await expectUnchanged(() => expect(updateUser(alan, patch)).rejects.toMatchObject({ code: 'email-taken' }));
  });

  it('integrity: a patch changes neither role nor status nor any other field', async () => {
    const { createUser, updateUser, stored } = createOrganization();
    const ada = await createUser();
    const greedy = { name: 'Ada King', role: 'owner', status: 'suspended', deleted: true, emailKey: 'x' };
    await updateUser(ada, greedy);
    expect(stored(ada)).toMatchObject({ name: 'Ada King', role: 'member', status: 'active', deleted: false });
  });
});
