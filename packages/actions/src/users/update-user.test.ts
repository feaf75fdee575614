import { ownerCounts, users } from '@plinth/models/users';
import { aContext, anId, build, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createUser } from './create-user.ts';
import { updateUser } from './update-user.ts';

const aTeam = async () => {
  const db = fakeDatabase({ users, ownerCounts });
  const owner = aContext();
  const create = db.unitOfWork(createUser(db));
  const person = (name: string) => {
    const { email, role } = build(users, {});
    return create({ body: { name, email: `${name}-${email}`.slice(-60), role } }, owner);
  };
  return { db, owner, person, update: db.unitOfWork(updateUser(db)) };
};

it('changes what is given and counts the version', async () => {
  const { db, owner, person, update } = await aTeam();
  const ada = await person('ada');
  const changed = await update({ id: ada.id, version: [1], body: { name: 'Ada King' } }, owner);
  expect(changed).toMatchObject({ name: 'Ada King', email: ada.email, version: 2 });
  expect(db.users.all()).toMatchObject([{ name: 'Ada King', version: 2 }]);
});

it('writes nothing when nothing changes', async () => {
  const { owner, person, update } = await aTeam();
  const ada = await person('ada');
  expect(await update({ id: ada.id, version: [1], body: { name: 'ada' } }, owner)).toEqual(ada);
});

it('tells that the person was changed, by the id alone, and nothing when nothing changes', async () => {
  const { db, owner, person, update } = await aTeam();
  const { id, email } = await person('ada');
  await update({ id, version: [1], body: { name: 'Ada King', email: 'king@acme.example' } }, owner);
  await update({ id, version: [2], body: { name: 'Ada King' } }, owner);
  await update({ id, version: [2], body: {} }, owner);
  const [, ...events] = db.emitted();
  expect(events).toMatchObject([{ name: 'users.user-updated', aggregateId: id, payload: { userId: id } }]);
  expect(JSON.stringify(events)).not.toMatch(/king/i);
  expect(JSON.stringify(events)).not.toContain(email);
});

it('race: of three changes of one version one holds', async () => {
  const { db, owner, person, update } = await aTeam();
  const { id } = await person('ada');
  const outcomes = await Promise.allSettled(
    ['a', 'b', 'c'].map((name) => update({ id, version: [1], body: { name } }, owner)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason.code)).toEqual([
    'stale-version',
    'stale-version',
  ]);
  expect(db.users.all()).toMatchObject([{ version: 2 }]);
});

it('integrity: an address that is taken undoes the whole change', async () => {
  const { db, owner, person, update } = await aTeam();
  const [ada, alan] = [await person('ada'), await person('alan')];
  const taking = update({ id: alan.id, version: [1], body: { name: 'new', email: ada.email.toUpperCase() } }, owner);
  await expect(taking).rejects.toMatchObject({ code: 'email-taken' });
  expect(db.users.all().find(({ _id }) => _id === alan.id)).toMatchObject({ name: 'alan', version: 1 });
});

it('integrity: neither role nor status nor anything else is changed by a patch', async () => {
  const { db, owner, person, update } = await aTeam();
  const { id, role } = await person('ada');
  const greedy = { name: 'Ada King', role: 'owner', status: 'suspended', deleted: true, emailKey: 'x' } as object;
  await update({ id, version: [1], body: greedy }, owner);
  expect(db.users.all()).toMatchObject([{ name: 'Ada King', role, status: 'active', deleted: false }]);
});

it('boundary: another tenant’s person does not exist, whatever the version', async () => {
  const { person, update, owner } = await aTeam();
  const { id } = await person('ada');
  await expect(update({ id, version: [1], body: { name: 'a' } }, aContext())).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(update({ id: anId(), version: [1], body: {} }, owner)).rejects.toMatchObject({ code: 'not-found' });
  await expect(update({ id, version: [], body: {} }, owner)).rejects.toMatchObject({ code: 'stale-version' });
});
