import { aContext, anId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { anOffice, outcomesOf } from './test/office.ts';

it('suspends the person and changes nothing else', async () => {
  const { hire, suspend, stored } = anOffice();
  const ada = await hire();
  const before = stored(ada);
  expect(await suspend(ada)).toEqual({ ...ada, status: 'suspended', version: 2 });
  expect(stored(ada)).toEqual({ ...before, status: 'suspended', version: 2 });
});

it('tells that the person is suspended, and that their tokens are of no use any longer', async () => {
  const { hire, suspend, eventsOf } = anOffice();
  const ada = await hire();
  expect(await eventsOf(() => suspend(ada))).toMatchObject([
    { name: 'users.user-suspended', aggregateId: ada.id, payload: { userId: ada.id } },
    { name: 'auth.tokens-revoked', aggregateId: ada.id, payload: { subject: ada.id } },
  ]);
});

it('race: of many suspensions of one person one holds', async () => {
  const { hire, suspend, eventsOf, owners } = anOffice();
  const ada = await hire('owner');
  await hire('owner');
  await hire('owner');
  const events = await eventsOf(async () => {
    const { succeeded, codes } = await outcomesOf(Array.from({ length: 20 }, () => suspend(ada)));
    expect(succeeded).toBe(1);
    expect(codes.filter((code) => code !== 'conflict' && code !== 'already-suspended')).toEqual([]);
  });
  expect(events).toHaveLength(2);
  expect(owners()).toBe(2);
});

it('race: of two owners who suspend each other one stays active', async () => {
  const { hire, suspend, owners } = anOffice();
  const [ada, grace] = [await hire('owner'), await hire('owner')];
  expect(await outcomesOf([suspend(ada), suspend(grace)])).toEqual({ succeeded: 1, codes: ['last-owner'] });
  expect(owners()).toBe(1);
});

it('integrity: the last active owner stays active, and nothing is told', async () => {
  const { db, hire, suspend, eventsOf, owners } = anOffice();
  const ada = await hire('owner');
  await suspend(await hire('owner'));
  const before = db.users.all();
  const refused = await eventsOf(() => expect(suspend(ada)).rejects.toMatchObject({ code: 'last-owner', status: 409 }));
  expect(refused).toEqual([]);
  expect(db.users.all()).toEqual(before);
  expect(owners()).toBe(1);
});

it('integrity: the count follows the suspension of owners, and of nobody else', async () => {
  const { hire, suspend, owners } = anOffice();
  const [ada, member] = [await hire('owner'), await hire('member')];
  await hire('owner');
  await suspend(member);
  expect(owners()).toBe(2);
  await suspend(ada);
  expect(owners()).toBe(1);
});

it('boundary: who is suspended is not suspended again', async () => {
  const { hire, suspend, stored } = anOffice();
  const ada = await hire();
  await suspend(ada);
  await expect(suspend(ada)).rejects.toMatchObject({ code: 'already-suspended', status: 409 });
  expect(stored(ada)).toMatchObject({ version: 2 });
});

it('boundary: another tenant’s person does not exist, like an id that nobody has', async () => {
  const { hire, suspend, stored } = anOffice();
  const ada = await hire();
  await expect(suspend(ada, aContext())).rejects.toMatchObject({ code: 'not-found', status: 404 });
  await expect(suspend({ id: anId() })).rejects.toMatchObject({ code: 'not-found' });
  expect(stored(ada)).toMatchObject({ status: 'active', version: 1 });
});
