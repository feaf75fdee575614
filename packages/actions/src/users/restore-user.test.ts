import { aContext, anId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createUser } from './create-user.ts';
import { getUser } from './get-user.ts';
import { anOffice, outcomesOf } from './test/office.ts';

const withNamesake = () => {
  const office = anOffice();
  const { db, owner } = office;
  const add = db.unitOfWork(createUser(db));
  return { ...office, give: (email: string) => add({ body: { name: 'Namesake', email, role: 'viewer' } }, owner) };
};

it('brings the person back as they were', async () => {
  const { db, owner, hire, remove, restore, stored } = anOffice();
  const ada = await hire('owner');
  await hire('owner');
  const before = stored(ada);
  await remove(ada);
  db.clock.advance(1000);
  const now = db.clock.now();
  expect(await restore(ada)).toEqual({ ...ada, version: 3, updatedAt: now.toISOString() });
  expect(stored(ada)).toEqual({ ...before, version: 3, updatedAt: now });
  expect(await getUser(db)(ada, owner)).toMatchObject({ version: 3 });
});

it('brings somebody who was suspended back suspended', async () => {
  const { hire, suspend, remove, restore } = anOffice();
  const suspended = await suspend(await hire());
  await remove(suspended);
  expect(await restore(suspended)).toMatchObject({ status: 'suspended', version: 4 });
});

it('tells that the person is back', async () => {
  const { hire, remove, restore, eventsOf } = anOffice();
  const ada = await hire();
  await remove(ada);
  expect(await eventsOf(() => restore(ada))).toMatchObject([
    { name: 'users.user-restored', aggregateId: ada.id, payload: { userId: ada.id } },
  ]);
});

it('race: of many restorations one holds', async () => {
  const { hire, remove, restore, eventsOf, owners } = anOffice();
  const ada = await hire('owner');
  await hire('owner');
  await remove(ada);
  const events = await eventsOf(async () => {
    const { succeeded, codes } = await outcomesOf(Array.from({ length: 5 }, () => restore(ada)));
    expect(succeeded).toBe(1);
    expect(codes.filter((code) => code !== 'conflict' && code !== 'not-removed')).toEqual([]);
  });
  expect(events).toHaveLength(1);
  expect(owners()).toBe(2);
});

it('race: of somebody who comes back and somebody new, one gets the address', async () => {
  const { db, hire, remove, restore, give } = withNamesake();
  const ada = await hire();
  await remove(ada);
  const { succeeded, codes } = await outcomesOf([restore(ada), give(ada.email)]);
  expect({ succeeded, codes }).toEqual({ succeeded: 1, codes: ['email-taken'] });
  expect(db.users.all().filter(({ emailKey }) => emailKey === ada.email.toLowerCase())).toHaveLength(1);
});

it('integrity: somebody whose address was given away stays removed', async () => {
  const { db, hire, remove, restore, give, eventsOf } = withNamesake();
  const ada = await hire('owner');
  await hire('owner');
  await remove(ada);
  await give(ada.email.toUpperCase());
  const before = [db.users.all(), db.ownerCounts.all()];
  const refused = await eventsOf(() => expect(restore(ada)).rejects.toMatchObject({ code: 'email-taken' }));
  expect(refused).toEqual([]);
  expect([db.users.all(), db.ownerCounts.all()]).toEqual(before);
});

it('integrity: an owner counts again, unless suspended', async () => {
  const { hire, remove, restore, suspend, owners } = anOffice();
  const [ada, grace] = [await hire('owner'), await hire('owner')];
  await hire('owner');
  const suspended = await suspend(grace);
  await remove(ada);
  await remove(suspended);
  expect(owners()).toBe(1);
  await restore(ada);
  expect(owners()).toBe(2);
  await restore(suspended);
  expect(owners()).toBe(2);
});

it('boundary: who was not removed is not restored, and changes nothing', async () => {
  const { hire, restore, stored } = anOffice();
  const ada = await hire();
  await expect(restore(ada)).rejects.toMatchObject({ code: 'not-removed', status: 409 });
  expect(stored(ada)).toMatchObject({ version: 1 });
});

it('boundary: another tenant’s removed person does not exist, like an id that nobody has', async () => {
  const { hire, remove, restore, stored } = anOffice();
  const ada = await hire();
  await remove(ada);
  await expect(restore(ada, aContext())).rejects.toMatchObject({ code: 'not-found', status: 404 });
  await expect(restore({ id: anId() })).rejects.toMatchObject({ code: 'not-found' });
  expect(stored(ada)).toMatchObject({ deleted: true, version: 2 });
});
