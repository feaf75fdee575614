import { describe, expect, it } from 'vitest';
import { aThing, type Thing } from './collections.ts';
import { type Fixture, suiteErrors } from './fixture.ts';

const insertCases = (use: () => Fixture): void => {
  describe('insert', () => {
    it('gives the document as it is then read', async () => {
      const { context, things, write, clock } = use();
      const ctx = context();
      const thing = await write(ctx, () => things.for(ctx).insert(aThing({ tags: ['x'], due: new Date(42) })));
      expect(thing).toMatchObject({
        tenantId: ctx.tenantId,
        version: 1,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
      expect(await things.for(ctx).get(thing._id)).toEqual(thing);
    });

    it('leaves out an optional field that is undefined', async () => {
      const { context, things, write } = use();
      const ctx = context();
      const thing = await write(ctx, () => things.for(ctx).insert(aThing({ note: undefined })));
      expect(Object.keys(await things.for(ctx).get(thing._id))).not.toContain('note');
    });

    it('makes ids whose order is that of the inserts', async () => {
      const { context, things, write } = use();
      const ctx = context();
      const made = await write(ctx, () => Array.from({ length: 50 }, () => things.for(ctx).insert(aThing())._id));
      expect(made.toSorted()).toEqual(made);
      expect(new Set(made).size).toBe(50);
    });
  });
};

const updateCases = (use: () => Fixture): void => {
  describe('update', () => {
    it('applies every kind of change and gives the document as it is then read', async () => {
      const { context, stored, things, write, clock } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{ note: 'gone', stock: 3, tags: ['a'] }])) as [Thing];
      clock.advance(5);
      const next = await write(ctx, () =>
        things.for(ctx).update(thing, {
          $set: { name: 'new', due: new Date(7), size: { width: 1 } },
          $inc: { stock: 2, count: 4 },
          $unset: { note: true },
          $push: { tags: 'b' },
        }),
      );
      expect(next).toMatchObject({ version: 2, name: 'new', stock: 5, count: 4, tags: ['a', 'b'], size: { width: 1 } });
      expect(next).toMatchObject({ createdAt: thing.createdAt, updatedAt: clock.now() });
      expect(await things.for(ctx).get(thing._id)).toEqual(next);
      expect(next).not.toHaveProperty('note');
    });

    it('touches neither the document nor the change that it was given', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{ tags: ['a'] }])) as [Thing];
      const before = structuredClone(thing);
      const change = { $push: { tags: 'b' }, $set: { name: 'new' } };
      await write(ctx, () => things.for(ctx).update(thing, change));
      expect(thing).toEqual(before);
      expect(change).toEqual({ $push: { tags: 'b' }, $set: { name: 'new' } });
    });

    it('without a change is a new version all the same', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{}])) as [Thing];
      const next = await write(ctx, () => things.for(ctx).update(thing, {}));
      expect(await things.for(ctx).get(thing._id)).toEqual(next);
      expect(next.version).toBe(2);
    });

    it('leaves a field as it is that is set to undefined', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{ note: 'kept' }])) as [Thing];
      const next = await write(ctx, () => things.for(ctx).update(thing, { $set: { note: undefined } }));
      expect(next).toMatchObject({ note: 'kept', version: 2 });
      expect(await things.for(ctx).get(thing._id)).toEqual(next);
    });

    it('says stale-version for a version that is stored no more, and for a document that is gone', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing, other] = (await stored(ctx, [{}, {}])) as [Thing, Thing];
      const next = await write(ctx, () => things.for(ctx).update(thing, { $set: { name: 'first' } }));
      const again = write(ctx, () => things.for(ctx).update(thing, { $set: { name: 'second' } }));
      await expect(again).rejects.toMatchObject({ code: 'stale-version' });
      expect(await things.for(ctx).get(thing._id)).toEqual(next);
      await write(ctx, () => things.for(ctx).remove(other));
      const late = write(ctx, () => things.for(ctx).update(other, { $set: { name: 'late' } }));
      await expect(late).rejects.toMatchObject({ code: 'stale-version' });
    });
  });
};

const updateWhereCases = (use: () => Fixture): void => {
  describe('updateWhere', () => {
    it('changes the one document that matches', async () => {
      const { context, stored, things, write, clock } = use();
      const ctx = context();
      const [thing, other] = (await stored(ctx, [{ stock: 3 }, { stock: 3 }])) as [Thing, Thing];
      const { _id } = thing;
      await write(ctx, () =>
        things.for(ctx).updateWhere({ _id, stock: { $gte: 3 } }, { $inc: { stock: -3 } }, suiteErrors.soldOut()),
      );
      expect(await things.for(ctx).get(_id)).toEqual({ ...thing, stock: 0, version: 2, updatedAt: clock.now() });
      expect(await things.for(ctx).get(other._id)).toEqual(other);
    });

    it('throws its own error when none matches', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{ stock: 2 }])) as [Thing];
      const where = { _id: thing._id, stock: { $gte: 3 } };
      const error = suiteErrors.soldOut();
      await expect(write(ctx, () => things.for(ctx).updateWhere(where, { $inc: { stock: -3 } }, error))).rejects.toBe(
        error,
      );
      expect(await things.for(ctx).get(thing._id)).toEqual(thing);
    });

    it('boundary: throws its own error when two match, and changes neither', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const both = await stored(ctx, [{ rank: 7 }, { rank: 7 }]);
      const call = write(ctx, () =>
        things.for(ctx).updateWhere({ rank: 7 }, { $set: { rank: 8 } }, suiteErrors.soldOut()),
      );
      await expect(call).rejects.toMatchObject({ code: 'sold-out' });
      expect((await things.for(ctx).getMany(both.map(({ _id }) => _id))).map(({ rank }) => rank)).toEqual([7, 7]);
    });
  });
};

const removeCases = (use: () => Fixture): void => {
  describe('remove', () => {
    it('removes the document and no other', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing, other] = (await stored(ctx, [{}, {}])) as [Thing, Thing];
      await write(ctx, () => things.for(ctx).remove(thing));
      await expect(things.for(ctx).get(thing._id)).rejects.toMatchObject({ code: 'not-found' });
      expect(await things.for(ctx).get(other._id)).toEqual(other);
    });

    it('says stale-version for a version that is stored no more, and for a document that is gone', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{}])) as [Thing];
      const next = await write(ctx, () => things.for(ctx).update(thing, { $inc: { stock: 1 } }));
      await expect(write(ctx, () => things.for(ctx).remove(thing))).rejects.toMatchObject({ code: 'stale-version' });
      expect(await things.for(ctx).get(thing._id)).toEqual(next);
      await write(ctx, () => things.for(ctx).remove(next));
      await expect(write(ctx, () => things.for(ctx).remove(next))).rejects.toMatchObject({ code: 'stale-version' });
    });

    it('frees the unique value', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{ sku: 'again' }])) as [Thing];
      await write(ctx, () => things.for(ctx).remove(thing));
      const [next] = (await stored(ctx, [{ sku: 'again' }])) as [Thing];
      expect(await things.for(ctx).find({ sku: 'again' })).toEqual(next);
    });
  });
};

/** What each recorded write promises by itself. */
export const writeCases = (use: () => Fixture): void => {
  insertCases(use);
  updateCases(use);
  updateWhereCases(use);
  removeCases(use);
};
