import { describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';
import { createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture } from './fixture.ts';

/** The guarantees of `get`, `find` and `getMany` inside one tenant. */
export const readCases = (use: () => Fixture): void => {
  describe('get', () => {
    it('returns the whole document', async () => {
      const { insertEach, things } = createTenant(use());
      const [thing] = await insertEach([
        { tags: ['a', 'b'], size: { width: 2.5 }, due: new Date(1_700_000_000_123), note: '' },
      ]);
      expect(await things.get(thing?._id ?? '')).toEqual(thing);
    });

    it('returns a document of an expected version and rejects any other', async () => {
      const { insertEach, things } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const { get } = things;
      expect(await get(thing._id, { version: [1] })).toEqual(thing);
      expect(await get(thing._id, { version: [7, 1] })).toEqual(thing);
      for (const version of [[], [2], [7, 0]]) {
        await expect(get(thing._id, { version })).rejects.toMatchObject({ code: 'stale-version', status: 412 });
      }
      await expect(get(createId(), { version: [2] })).rejects.toMatchObject({ code: 'not-found' });
      await expect(createTenant(use()).things.get(thing._id, { version: [2] })).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('throws not-found for an unknown id', async () => {
      const { things } = createTenant(use());
      await expect(things.get(createId())).rejects.toMatchObject({ code: 'not-found' });
      await expect(things.get('')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('integrity: returns copies, so that changing one changes nothing stored', async () => {
      const { insertEach, things } = createTenant(use());
      const [thing] = await insertEach([{ tags: ['a'], due: new Date(5) }]);
      const copy = await things.get(thing?._id ?? '');
      copy.tags.push('b');
      copy.due?.setTime(6);
      copy.name = 'other';
      expect(await things.get(thing?._id ?? '')).toEqual(thing);
    });
  });

  describe('find', () => {
    it('returns the document with a unique value', async () => {
      const { insertEach, things } = createTenant(use());
      const [, second] = await insertEach([{ sku: 'one' }, { sku: 'two' }]);
      expect(await things.find({ sku: 'two' })).toEqual(second);
    });

    it('returns undefined when nothing matches', async () => {
      const { insertEach, things } = createTenant(use());
      await insertEach([{ sku: 'one' }]);
      expect(await things.find({ sku: 'none' })).toBeUndefined();
      expect(await things.find({ sku: 'one', stock: 99 })).toBeUndefined();
      expect(await things.find({ _id: createId() })).toBeUndefined();
    });

    it('accepts every operator, together with equality', async () => {
      const { insertEach, things } = createTenant(use());
      const [one, two, three] = await insertEach([
        { rank: 1, due: new Date(1000), group: 'beta' },
        { rank: 2, due: new Date(2000) },
        { rank: 3 },
      ]);
      const find = things.find;
      expect(await find({ rank: { $gt: 2 } })).toEqual(three);
      expect(await find({ rank: { $gte: 2, $lt: 3 } })).toEqual(two);
      expect(await find({ rank: { $lte: 1 } })).toEqual(one);
      expect(await find({ rank: { $in: [0, 1, 9] }, group: 'beta' })).toEqual(one);
      expect(await find({ due: { $in: [new Date(2000)] } })).toEqual(two);
      expect(await find({ due: new Date(1000), active: true })).toEqual(one);
      expect(await find({ due: new Date(1001) })).toBeUndefined();
    });

    it('boundary: an empty $in matches nothing', async () => {
      const { insertEach, things } = createTenant(use());
      await insertEach([{}]);
      expect(await things.find({ rank: { $in: [] } })).toBeUndefined();
    });

    it('boundary: a missing field matches no bound and no value', async () => {
      const { insertEach, things } = createTenant(use());
      const [thing] = await insertEach([{}]);
      const _id = thing?._id ?? '';
      expect(await things.find({ _id, count: { $lt: 5 } })).toBeUndefined();
      expect(await things.find({ _id, count: { $gte: -5 } })).toBeUndefined();
      expect(await things.find({ _id, note: '' })).toBeUndefined();
      expect(await things.find({ _id, count: { $in: [0] } })).toBeUndefined();
    });

    it('boundary: text is compared exactly, by case and code point', async () => {
      const { insertEach, things } = createTenant(use());
      await insertEach([{ name: 'Ada' }, { name: '\u{1F600}' }]);
      expect(await things.find({ name: 'ada' })).toBeUndefined();
      expect(await things.find({ name: 'Ad' })).toBeUndefined();
      // By UTF-16 unit the astral character would come before U+FFFD.
      expect(await things.find({ name: { $gt: '\uFFFD' } })).toMatchObject({ name: '\u{1F600}' });
    });
  });

  describe('getMany', () => {
    it('returns each existing document once', async () => {
      const { insertEach, things } = createTenant(use());
      const [one, two] = await insertEach([{}, {}, {}]);
      const ids = [two?._id ?? '', createId(), one?._id ?? '', two?._id ?? ''];
      const found = await things.getMany(ids);
      expect(found.sort((left, right) => (left._id < right._id ? -1 : 1))).toEqual([one, two]);
    });

    it('boundary: accepts no ids, and 300', async () => {
      const { things, write } = createTenant(use());
      expect(await things.getMany([])).toEqual([]);
      const created = await write(() => Array.from({ length: 300 }, () => things.insert(createThing())));
      expect(await things.getMany(created.map(({ _id }) => _id))).toHaveLength(300);
    });
  });
};
