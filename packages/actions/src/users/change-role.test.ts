import { aContext, anId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { anOffice, outcomesOf } from './test/office.ts';

const roles = ['owner', 'member', 'viewer'] as const;
const steps = roles.flatMap((from) => roles.filter((to) => to !== from).map((to) => [from, to] as const));

it.each(steps)('makes a %s a %s, changes nothing else and counts the owners', async (from, to) => {
  const { hire, give, stored, owners } = anOffice();
  await hire('owner');
  const ada = await hire(from);
  const before = stored(ada);
  expect(await give(to, ada)).toEqual({ ...ada, role: to, version: 2 });
  expect(stored(ada)).toEqual({ ...before, role: to, version: 2 });
  expect(owners()).toBe(to === 'owner' ? 2 : 1);
});

it('tells the role and the one before, and that tokens of the role before are of no use any longer', async () => {
  const { hire, give, eventsOf } = anOffice();
  const ada = await hire('member');
  expect(await eventsOf(() => give('viewer', ada))).toMatchObject([
    {
      name: 'users.user-role-changed',
      aggregateId: ada.id,
      payload: { userId: ada.id, role: 'viewer', previousRole: 'member' },
    },
    { name: 'auth.tokens-revoked', aggregateId: ada.id, payload: { subject: ada.id } },
  ]);
});

it('changes nothing and tells nothing when the role is the same', async () => {
  const { db, hire, give, eventsOf } = anOffice();
  const ada = await hire('owner');
  const before = [db.users.all(), db.ownerCounts.all()];
  expect(await eventsOf(async () => expect(await give('owner', ada)).toEqual(ada))).toEqual([]);
  expect([db.users.all(), db.ownerCounts.all()]).toEqual(before);
});

it('race: of many changes of one version one holds', async () => {
  const { hire, give, stored, owners } = anOffice();
  const ada = await hire('member');
  await hire('owner');
  const { succeeded, codes } = await outcomesOf(
    Array.from({ length: 10 }, (_, at) => give(at % 2 ? 'owner' : 'viewer', ada)),
  );
  expect({ succeeded, codes }).toEqual({ succeeded: 1, codes: Array.from({ length: 9 }, () => 'stale-version') });
  expect(stored(ada)).toMatchObject({ version: 2 });
  owners();
});

it('race: of two owners who demote each other one stays', async () => {
  const { hire, give, owners } = anOffice();
  const [ada, grace] = [await hire('owner'), await hire('owner')];
  expect(await outcomesOf([give('member', ada), give('viewer', grace)])).toEqual({
    succeeded: 1,
    codes: ['last-owner'],
  });
  expect(owners()).toBe(1);
});

it('race: two who become the first owner at once are counted, or refused', async () => {
  const { hire, give, owners } = anOffice();
  const [ada, grace] = [await hire('member'), await hire('viewer')];
  const { succeeded, codes } = await outcomesOf([give('owner', ada), give('owner', grace)]);
  expect(codes.filter((code) => code !== 'owners-changed')).toEqual([]);
  expect(owners()).toBe(succeeded);
});

it('integrity: the last active owner stays owner, and nothing is told', async () => {
  const { db, hire, give, suspend, eventsOf, owners } = anOffice();
  const ada = await hire('owner');
  await suspend(await hire('owner'));
  const before = db.users.all();
  const refused = await eventsOf(() =>
    expect(give('member', ada)).rejects.toMatchObject({ code: 'last-owner', status: 409 }),
  );
  expect(refused).toEqual([]);
  expect(db.users.all()).toEqual(before);
  expect(owners()).toBe(1);
});

it('integrity: the count knows active owners only', async () => {
  const { hire, give, suspend, reactivate, owners } = anOffice();
  await hire('owner');
  const suspended = await suspend(await hire('member'));
  const promoted = await give('owner', suspended);
  expect(owners()).toBe(1);
  await give('member', promoted);
  expect(owners()).toBe(1);
  await give('owner', { id: suspended.id, version: 4 });
  await reactivate(suspended);
  expect(owners()).toBe(2);
});

it.each([
  ['viewer', 'member'],
  ['viewer', 'owner'],
  ['member', 'owner'],
] as const)('integrity: a %s does not become %s by themselves, whatever role their token says', async (from, to) => {
  const { hire, give, stored, owner } = anOffice();
  const ada = await hire(from);
  const self = aContext({ tenantId: owner.tenantId, actor: { id: ada.id, roles: ['owner'] } });
  await expect(give(to, ada, self)).rejects.toMatchObject({ code: 'own-role', status: 422 });
  expect(stored(ada)).toMatchObject({ role: from, version: 1 });
});

it('lets people lower their own role', async () => {
  const { hire, give, owner, owners } = anOffice();
  const ada = await hire('owner');
  await hire('owner');
  const self = aContext({ tenantId: owner.tenantId, actor: { id: ada.id } });
  expect(await give('viewer', ada, self)).toMatchObject({ role: 'viewer' });
  expect(owners()).toBe(1);
});

it('boundary: another tenant’s person does not exist, whatever the version', async () => {
  const { hire, give, stored } = anOffice();
  const ada = await hire('member');
  await expect(give('owner', ada, aContext())).rejects.toMatchObject({ code: 'not-found', status: 404 });
  await expect(give('owner', { id: anId(), version: 1 })).rejects.toMatchObject({ code: 'not-found' });
  await expect(give('member', { id: ada.id, version: 9 })).rejects.toMatchObject({ code: 'stale-version' });
  expect(stored(ada)).toMatchObject({ role: 'member', version: 1 });
});
