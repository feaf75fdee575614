import { aContext, anId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { anOffice, outcomesOf } from './test/office.ts';

it('lets the person in again and changes nothing else', async () => {
  const { hire, suspend, reactivate, stored } = anOffice();
  const ada = await hire();
  const before = stored(ada);
  await suspend(ada);
  expect(await reactivate(ada)).toEqual({ ...ada, version: 3 });
  expect(stored(ada)).toEqual({ ...before, version: 3 });
});

it('tells that the person is back', async () => {
  const { hire, suspend, reactivate, eventsOf } = anOffice();
  const ada = await hire();
  await suspend(ada);
  expect(await eventsOf(() => reactivate(ada))).toMatchObject([
    { name: 'users.user-reactivated', aggregateId: ada.id, payload: { userId: ada.id } },
  ]);
});

it('race: of many reactivations of one person one holds', async () => {
  const { hire, suspend, reactivate, eventsOf, owners } = anOffice();
  const ada = await hire('owner');
  await hire('owner');
  await suspend(ada);
  const events = await eventsOf(async () => {
    const { succeeded, codes } = await outcomesOf(Array.from({ length: 20 }, () => reactivate(ada)));
    expect(succeeded).toBe(1);
    expect(codes.filter((code) => code !== 'conflict' && code !== 'not-suspended')).toEqual([]);
  });
  expect(events).toHaveLength(1);
  expect(owners()).toBe(2);
});

it('race: an owner who comes back while another is suspended leaves at least one', async () => {
  const { hire, suspend, reactivate, owners } = anOffice();
  const [ada, grace] = [await hire('owner'), await hire('owner')];
  await suspend(ada);
  await outcomesOf([suspend(grace), reactivate(ada), suspend(grace)]);
  expect(owners()).toBeGreaterThanOrEqual(1);
});

it('integrity: owners count again, and nobody else', async () => {
  const { hire, suspend, reactivate, owners } = anOffice();
  const [ada, member] = [await hire('owner'), await hire('member')];
  await hire('owner');
  await suspend(ada);
  await suspend(member);
  await reactivate(member);
  expect(owners()).toBe(1);
  await reactivate(ada);
  expect(owners()).toBe(2);
});

it('boundary: who is active is not reactivated', async () => {
  const { hire, reactivate, stored } = anOffice();
  const ada = await hire();
  await expect(reactivate(ada)).rejects.toMatchObject({ code: 'not-suspended', status: 409 });
  expect(stored(ada)).toMatchObject({ version: 1 });
});

it('boundary: another tenant’s person does not exist, like an id that nobody has', async () => {
  const { hire, suspend, reactivate, stored } = anOffice();
  const ada = await hire();
  await suspend(ada);
  await expect(reactivate(ada, aContext())).rejects.toMatchObject({ code: 'not-found', status: 404 });
  await expect(reactivate({ id: anId() })).rejects.toMatchObject({ code: 'not-found' });
  expect(stored(ada)).toMatchObject({ status: 'suspended', version: 2 });
});
