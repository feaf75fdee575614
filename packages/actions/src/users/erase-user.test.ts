import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

it('leaves no document of a deleted user, no personal data in the journal, and emits user-erased', async () => {
  const { db, createUser, deleteUser, eraseUser, restoreUser, stored, collectEvents } = createOrganization();
  const ada = await createUser();
  await deleteUser(ada);
  const events = await collectEvents(async () => expect(await eraseUser(ada)).toBeUndefined());
  expect(stored(ada)).toBeUndefined();
  expect(events).toEqual([{ name: 'users.user-erased', aggregateId: ada.id, payload: { userId: ada.id } }]);
  expect(JSON.stringify(db.journalRows())).not.toContain(ada.email);
  await expect(restoreUser(ada)).rejects.toMatchObject({ code: 'not-found' });
});

it('boundary: a user who is not deleted is not erased', async () => {
  const { createUser, eraseUser, expectUnchanged } = createOrganization();
  const ada = await createUser();
  await expectUnchanged(() => expect(eraseUser(ada)).rejects.toMatchObject({ code: 'not-removed', status: 409 }));
});
