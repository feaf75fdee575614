import type { Change, Draft } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import type { Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

type Case = readonly [name: string, before: Partial<Draft<Thing>>, change: Change<Thing>, after: Partial<Draft<Thing>>];

const [first, second] = [new Date(1), new Date(2)];
const bolt = { code: 'bolt', count: 2 };
const nut = { code: 'nut' };

const cases: readonly Case[] = [
  ['$addToSet appends an item', { tags: ['a'] }, { $addToSet: { tags: 'b' } }, { tags: ['a', 'b'] }],
  ['$addToSet changes nothing when an item equals it', { tags: ['a'] }, { $addToSet: { tags: 'a' } }, { tags: ['a'] }],
  ['$addToSet compares times', { seenAt: [first] }, { $addToSet: { seenAt: new Date(1) } }, { seenAt: [first] }],
  ['boundary: $addToSet keeps duplicates', { tags: ['a', 'a'] }, { $addToSet: { tags: 'a' } }, { tags: ['a', 'a'] }],
  ['boundary: $addToSet creates an absent array', {}, { $addToSet: { seenAt: first } }, { seenAt: [first] }],
  ['boundary: $addToSet is case-sensitive', { tags: ['a'] }, { $addToSet: { tags: 'A' } }, { tags: ['a', 'A'] }],
  ['$pull removes an item', { tags: ['a', 'b'] }, { $pull: { tags: 'a' } }, { tags: ['b'] }],
  ['$pull compares times', { seenAt: [first, second] }, { $pull: { seenAt: new Date(1) } }, { seenAt: [second] }],
  [
    '$pull removes objects by a field',
    { parts: [bolt, nut] },
    { $pull: { parts: { code: 'bolt' } } },
    { parts: [nut] },
  ],
  [
    '$pull removes objects that have all of the fields',
    { parts: [bolt, { ...bolt, count: 3 }, nut] },
    { $pull: { parts: { count: 2, code: 'bolt' } } },
    { parts: [{ ...bolt, count: 3 }, nut] },
  ],
  ['boundary: $pull removes every duplicate', { tags: ['a', 'b', 'a'] }, { $pull: { tags: 'a' } }, { tags: ['b'] }],
  ['boundary: $pull of the last item leaves an empty array', { tags: ['a'] }, { $pull: { tags: 'a' } }, { tags: [] }],
  [
    'boundary: $pull of the last object leaves an empty array',
    { parts: [nut] },
    { $pull: { parts: { code: 'nut' } } },
    { parts: [] },
  ],
  ['boundary: $pull of what is missing changes nothing', { tags: ['a'] }, { $pull: { tags: 'z' } }, { tags: ['a'] }],
  [
    'boundary: $pull does not match an absent field',
    { parts: [nut] },
    { $pull: { parts: { count: 0 } } },
    { parts: [nut] },
  ],
  [
    'boundary: undefined changes nothing',
    { tags: ['a'] },
    { $addToSet: { tags: undefined }, $pull: { parts: undefined } } as never,
    { tags: ['a'] },
  ],
];

const refused: Readonly<Record<string, readonly [change: object, message: RegExp]>> = {
  'an object in $addToSet': [{ $addToSet: { parts: nut } }, /'\$addToSet' on 'parts' takes a scalar value/],
  'a list in $addToSet': [{ $addToSet: { tags: { $each: ['a'] } } }, /'\$addToSet' on 'tags'/],
  'an operator in $pull': [{ $pull: { tags: { $gte: '' } } }, /'\$gte' is not supported here: '\$pull' on 'tags'/],
  'an operator on a field in $pull': [{ $pull: { parts: { code: { $ne: '' } } } }, /'\$pull' on 'parts'/],
  'a path in $pull': [{ $pull: { parts: { 'a.b': 1 } } }, /'\$pull' on 'parts'/],
  'an undefined field in $pull': [{ $pull: { parts: { code: undefined } } }, /'\$pull' on 'parts'/],
  'an empty object in $pull': [{ $pull: { parts: {} } }, /'\$pull' on 'parts'/],
  'a list in $pull': [{ $pull: { tags: ['a'] } }, /'\$pull' on 'tags'/],
  'null in $pull': [{ $pull: { tags: null } }, /'\$pull' on 'tags'/],
  'one array twice': [{ $addToSet: { tags: 'a' }, $pull: { tags: 'b' } }, /names 'tags' twice/],
  'an unsupported operator': [{ $pop: { tags: 1 } }, /'\$pop' is not supported in a change/],
};

/** The guarantees of `$addToSet` and `$pull`. */
export const arrayChangeCases = (use: () => Fixture): void => {
  describe('a change of an array', () => {
    it.each(cases)('%s', async (_, before, change, after) => {
      const { insertEach, things, write, clock } = createTenant(use());
      const [one, two] = (await insertEach([before, before])) as [Thing, Thing];
      const returned = await write(() => {
        things.updateWhere({ _id: two._id }, change, suiteErrors.soldOut());
        return things.update(one, change);
      });
      const changed = { ...after, version: 2, updatedAt: clock.now() };
      expect(returned).toEqual({ ...one, ...changed });
      expect(await things.get(one._id)).toEqual(returned);
      expect(await things.get(two._id)).toEqual({ ...two, ...changed });
    });

    it('boundary: $pull of an absent array creates none', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const next = await write(() => things.update(thing, { $pull: { parts: { code: 'nut' } } }));
      expect(await things.get(thing._id)).toEqual(next);
      expect(next).not.toHaveProperty('parts');
    });

    it.each(Object.entries(refused))('integrity: refuses %s', async (_, [change, message]) => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ tags: ['a'], parts: [bolt] }])) as [Thing];
      await expect(write(() => things.update(thing, change as never))).rejects.toThrow(message);
      const writing = write(() => things.updateWhere({ _id: thing._id }, change as never, suiteErrors.soldOut()));
      await expect(writing).rejects.toThrow(message);
      expect(await things.get(thing._id)).toEqual(thing);
    });

    it('integrity: the validator rejects an item too many, but not one that is present', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ tags: ['1', '2', '3', '4', '5'] }])) as [Thing];
      const failing = write(() => things.update(thing, { $addToSet: { tags: '6' } }));
      await expect(failing).rejects.toMatchObject({ name: 'ValidatorViolation' });
      const next = await write(() => things.update(thing, { $addToSet: { tags: '5' } }));
      expect(next.tags).toEqual(thing.tags);
    });

    it('race: of many concurrent additions and removals of items, none is lost or made twice', async () => {
      const { insertEach, race, things } = createTenant(use());
      const [{ _id }] = (await insertEach([{ tags: ['old', 'kept'] }])) as [Thing];
      const { results } = await race(12, ({ things: scoped }, index) => {
        const change = index % 4 === 3 ? { $pull: { tags: 'old' } } : { $addToSet: { tags: `new-${index % 4}` } };
        scoped.updateWhere({ _id }, change, suiteErrors.soldOut());
      });
      expect(results).toHaveLength(12);
      const { tags, version } = await things.get(_id);
      expect([tags.toSorted(), version]).toEqual([['kept', 'new-0', 'new-1', 'new-2'], 13]);
    });

    it('is in the journal with the item, or with its class', async () => {
      const { contacts, things, insertEach, write, ctx, journalRows } = createTenant(use());
      const [thing] = (await insertEach([{ tags: ['a'] }])) as [Thing];
      const ada = await write(() => contacts.insert({ name: 'Ada', visits: 1, emails: ['ada@old.test'] }));
      await write(() => {
        things.update(thing, { $pull: { tags: 'a' }, $addToSet: { seenAt: first } });
        things.updateWhere({ _id: thing._id }, { $pull: { parts: { code: 'nut' } } }, suiteErrors.soldOut());
        contacts.updateWhere({ _id: ada._id }, { $addToSet: { emails: 'ada@new.test' } }, suiteErrors.soldOut());
      });
      const rows = (await journalRows()).filter(({ tenantId }) => tenantId === ctx.tenantId);
      expect(rows.at(-1)?.changes).toMatchObject([
        { before: { tags: ['a'] }, after: { tags: [], seenAt: [first] } },
        { change: { pull: { parts: { code: 'nut' } } } },
        { change: { addToSet: { emails: '[pii]' } } },
      ]);
      expect(JSON.stringify(rows)).not.toMatch(/ada@/);
    });
  });
};
