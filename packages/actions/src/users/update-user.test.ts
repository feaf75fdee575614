import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

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
