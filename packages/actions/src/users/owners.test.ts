import { describe, expect, it } from 'vitest';
import { anOffice, outcomesOf } from './test/office.ts';

type Office = ReturnType<typeof anOffice>;
type Person = { readonly id: string; readonly version: number };

const ways: readonly (readonly [string, (office: Office, person: Person) => Promise<unknown>])[] = [
  ['demote', ({ give }, person) => give('member', person)],
  ['suspend', ({ suspend }, person) => suspend(person)],
  ['remove', ({ remove }, person) => remove(person)],
];
const pairs = ways.flatMap(([one, first]) => ways.map(([other, second]) => ({ one, other, first, second })));

describe('an organization keeps an active owner', () => {
  it.each(pairs)('race: when one owner does “$one” and the other “$other”', async ({ first, second }) => {
    const office = anOffice();
    const [ada, grace] = [await office.hire('owner'), await office.hire('owner')];
    const outcomes = await outcomesOf([first(office, ada), second(office, grace)]);
    expect(outcomes).toEqual({ succeeded: 1, codes: ['last-owner'] });
    expect(office.owners()).toBe(1);
  });

  it('race: of ten owners who are all taken away at once, one stays', async () => {
    const office = anOffice();
    const people: Person[] = [];
    for (let at = 0; at < 10; at += 1) people.push(await office.hire('owner'));
    const calls = people.map((person, at) => ways[at % ways.length]?.[1](office, person) as Promise<unknown>);
    expect(await outcomesOf(calls)).toEqual({ succeeded: 9, codes: ['last-owner'] });
    expect(office.owners()).toBe(1);
  });
});

it('race: owners who are added at once are all counted, after the first', async () => {
  const { hire, owners } = anOffice();
  await hire('owner');
  await Promise.all(Array.from({ length: 50 }, () => hire('owner')));
  expect(owners()).toBe(51);
});

it('race: of owners who are added first and at once, one is, and the others are asked to try again', async () => {
  const { db, hire, owners } = anOffice();
  const { succeeded, codes } = await outcomesOf(Array.from({ length: 5 }, () => hire('owner')));
  expect(codes.filter((code) => code !== 'owners-changed')).toEqual([]);
  expect(owners()).toBe(succeeded);
  expect(succeeded).toBeGreaterThanOrEqual(1);
  expect(db.ownerCounts.all()).toHaveLength(1);
});

it('boundary: each organization counts its own owners', async () => {
  const [here, there] = [anOffice(), anOffice()];
  await here.hire('owner');
  await here.hire('owner', there.owner);
  expect(here.db.ownerCounts.all()).toMatchObject([
    { tenantId: here.owner.tenantId, owners: 1 },
    { tenantId: there.owner.tenantId, owners: 1 },
  ]);
});
