import { describe, expect, it } from 'vitest';
import { anId } from '../contexts.ts';
import { aThing, type Thing } from './collections.ts';
import type { Fixture } from './fixture.ts';

/** What `get`, `find` and `getMany` promise inside one tenant. */
export const readCases = (use: () => Fixture): void => {
  describe('get', () => {
    it('gives the document whole', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      const [thing] = await stored(ctx, [
        { tags: ['a', 'b'], size: { width: 2.5 }, due: new Date(1_700_000_000_123), note: '' },
      ]);
      expect(await things.for(ctx).get(thing?._id ?? '')).toEqual(thing);
    });

    it('with expected versions, returns a document of one of them and refuses another version', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{}])) as [Thing];
      const { get } = things.for(ctx);
      expect(await get(thing._id, { version: [1] })).toEqual(thing);
      expect(await get(thing._id, { version: [7, 1] })).toEqual(thing);
      for (const version of [[], [2], [7, 0]]) {
        await expect(get(thing._id, { version })).rejects.toMatchObject({ code: 'stale-version', status: 412 });
      }
      await expect(get(anId(), { version: [2] })).rejects.toMatchObject({ code: 'not-found' });
      await expect(things.for(context()).get(thing._id, { version: [2] })).rejects.toMatchObject({ code: 'not-found' });
    });

    it('says not-found for an unknown id', async () => {
      const { context, things } = use();
      await expect(things.for(context()).get(anId())).rejects.toMatchObject({ code: 'not-found' });
      await expect(things.for(context()).get('')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('gives copies: changing one changes nothing stored', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      const [thing] = await stored(ctx, [{ tags: ['a'], due: new Date(5) }]);
      const copy = await things.for(ctx).get(thing?._id ?? '');
      copy.tags.push('b');
      copy.due?.setTime(6);
      copy.name = 'other';
      expect(await things.for(ctx).get(thing?._id ?? '')).toEqual(thing);
    });
  });

  describe('find', () => {
    it('gives the document that a unique field names', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      const [, second] = await stored(ctx, [{ sku: 'one' }, { sku: 'two' }]);
      expect(await things.for(ctx).find({ sku: 'two' })).toEqual(second);
    });

    it('misses quietly', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      await stored(ctx, [{ sku: 'one' }]);
      expect(await things.for(ctx).find({ sku: 'none' })).toBeUndefined();
      expect(await things.for(ctx).find({ sku: 'one', stock: 99 })).toBeUndefined();
      expect(await things.for(ctx).find({ _id: anId() })).toBeUndefined();
    });

    it('takes every operator, together with equality', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      const [one, two, three] = await stored(ctx, [
        { rank: 1, due: new Date(1000), group: 'beta' },
        { rank: 2, due: new Date(2000) },
        { rank: 3 },
      ]);
      const find = things.for(ctx).find;
      expect(await find({ rank: { $gt: 2 } })).toEqual(three);
      expect(await find({ rank: { $gte: 2, $lt: 3 } })).toEqual(two);
      expect(await find({ rank: { $lte: 1 } })).toEqual(one);
      expect(await find({ rank: { $in: [0, 1, 9] }, group: 'beta' })).toEqual(one);
      expect(await find({ due: { $in: [new Date(2000)] } })).toEqual(two);
      expect(await find({ due: new Date(1000), active: true })).toEqual(one);
      expect(await find({ due: new Date(1001) })).toBeUndefined();
    });

    it('boundary: an empty $in matches nothing', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      await stored(ctx, [{}]);
      expect(await things.for(ctx).find({ rank: { $in: [] } })).toBeUndefined();
    });

    it('boundary: a missing field meets no bound and equals nothing', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      const [thing] = await stored(ctx, [{}]);
      const _id = thing?._id ?? '';
      expect(await things.for(ctx).find({ _id, count: { $lt: 5 } })).toBeUndefined();
      expect(await things.for(ctx).find({ _id, count: { $gte: -5 } })).toBeUndefined();
      expect(await things.for(ctx).find({ _id, note: '' })).toBeUndefined();
      expect(await things.for(ctx).find({ _id, count: { $in: [0] } })).toBeUndefined();
    });

    it('boundary: text is compared exactly, by case and code point', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      await stored(ctx, [{ name: 'Ada' }, { name: '\u{1F600}' }]);
      expect(await things.for(ctx).find({ name: 'ada' })).toBeUndefined();
      expect(await things.for(ctx).find({ name: 'Ad' })).toBeUndefined();
      // By UTF-16 unit the astral character would come before U+FFFD.
      expect(await things.for(ctx).find({ name: { $gt: '\uFFFD' } })).toMatchObject({ name: '\u{1F600}' });
    });
  });

  describe('getMany', () => {
    it('gives those that exist, each once', async () => {
      const { context, stored, things } = use();
      const ctx = context();
      const [one, two] = await stored(ctx, [{}, {}, {}]);
      const ids = [two?._id ?? '', anId(), one?._id ?? '', two?._id ?? ''];
      const found = await things.for(ctx).getMany(ids);
      expect(found.sort((left, right) => (left._id < right._id ? -1 : 1))).toEqual([one, two]);
    });

    it('boundary: takes no ids, and 300', async () => {
      const { context, things, write } = use();
      const ctx = context();
      expect(await things.for(ctx).getMany([])).toEqual([]);
      const made = await write(ctx, () => Array.from({ length: 300 }, () => things.for(ctx).insert(aThing())));
      expect(await things.for(ctx).getMany(made.map(({ _id }) => _id))).toHaveLength(300);
    });
  });
};
