import { describe, expect, it } from 'vitest';
import { aThing, type Thing } from './collections.ts';
import { type Fixture, settle, suiteErrors } from './fixture.ts';

const recordingCases = (use: () => Fixture): void => {
  describe('a unit of work', () => {
    it('shows none of its writes before it has committed', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{}])) as [Thing];
      await write(ctx, async () => {
        const { _id } = things.for(ctx).insert(aThing());
        things.for(ctx).remove(thing);
        await expect(things.for(ctx).get(_id)).rejects.toMatchObject({ code: 'not-found' });
        expect(await things.for(ctx).get(thing._id)).toEqual(thing);
      });
      await expect(things.for(ctx).get(thing._id)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('lets later writes build on earlier ones', async () => {
      const { context, things, write } = use();
      const ctx = context();
      const last = await write(ctx, () => {
        const one = things.for(ctx).insert(aThing({ stock: 1 }));
        const two = things.for(ctx).update(one, { $inc: { stock: 1 } });
        things.for(ctx).updateWhere({ _id: one._id, stock: 2 }, { $inc: { stock: 1 } }, suiteErrors.soldOut());
        const gone = things.for(ctx).insert(aThing());
        things.for(ctx).remove(gone);
        return { ...two, stock: 3, version: 3 };
      });
      expect(await things.for(ctx).get(last._id)).toEqual(last);
    });

    it('gives what the work gave', async () => {
      const { context, write } = use();
      expect(await write(context(), () => 'answer')).toBe('answer');
      expect(await write(context(), () => undefined)).toBeUndefined();
    });

    it('may follow another one of the same context', async () => {
      const { context, things, write } = use();
      const ctx = context();
      await write(ctx, () => things.for(ctx).insert(aThing()));
      const { _id } = await write(ctx, () => things.for(ctx).insert(aThing()));
      expect(await things.for(ctx).get(_id)).toMatchObject({ _id });
    });

    it('is refused inside another one of the same context, which goes on', async () => {
      const { context, things, write } = use();
      const ctx = context();
      const { _id } = await write(ctx, async () => {
        await expect(write(ctx, () => undefined)).rejects.toThrow(/already/);
        return things.for(ctx).insert(aThing());
      });
      expect(await things.for(ctx).get(_id)).toMatchObject({ _id });
    });

    it('spans the collections of the module', async () => {
      const { context, stored, things, slots, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{}])) as [Thing];
      const failing = write(ctx, () => {
        slots.for(ctx).insert({ room: 'r', rank: 1 });
        things.for(ctx).remove({ ...thing, version: 9 });
      });
      await expect(failing).rejects.toMatchObject({ code: 'stale-version' });
      expect(await slots.for(ctx).find({ room: 'r' })).toBeUndefined();
    });
  });
};

const allOrNoneCases = (use: () => Fixture): void => {
  describe('integrity: all or none', () => {
    it('a work that throws writes nothing and its error passes', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{}])) as [Thing];
      const error = new Error('changed my mind');
      const failing = write(ctx, () => {
        things.for(ctx).insert(aThing({ sku: 'never' }));
        things.for(ctx).remove(thing);
        throw error;
      });
      await expect(failing).rejects.toBe(error);
      expect(await things.for(ctx).find({ sku: 'never' })).toBeUndefined();
      expect(await things.for(ctx).get(thing._id)).toEqual(thing);
    });

    it('a condition that fails in the middle undoes what stands around it', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [one, two, three] = (await stored(ctx, [{}, { stock: 0 }, {}])) as [Thing, Thing, Thing];
      const failing = write(ctx, () => {
        things.for(ctx).insert(aThing({ sku: 'before' }));
        things.for(ctx).update(one, { $set: { name: 'changed' } });
        things
          .for(ctx)
          .updateWhere({ _id: two._id, stock: { $gt: 0 } }, { $inc: { stock: -1 } }, suiteErrors.soldOut());
        things.for(ctx).remove(three);
        things.for(ctx).insert(aThing({ sku: 'after' }));
      });
      await expect(failing).rejects.toMatchObject({ code: 'sold-out' });
      expect(await things.for(ctx).list({ where: {}, sort: 'createdAt', limit: 100 })).toEqual({
        items: [one, two, three],
        nextCursor: null,
      });
    });

    it('the first condition that fails names the error', async () => {
      const { context, stored, things, write } = use();
      const ctx = context();
      const [thing] = (await stored(ctx, [{ sku: 'here' }])) as [Thing];
      const failing = write(ctx, () => {
        things.for(ctx).updateWhere({ _id: thing._id, stock: 77 }, { $inc: { stock: 1 } }, suiteErrors.soldOut());
        things.for(ctx).insert(aThing({ sku: 'here' }));
      });
      await expect(failing).rejects.toMatchObject({ code: 'sold-out' });
    });

    it('a unit that fails leaves its context fit for the next', async () => {
      const { context, things, write } = use();
      const ctx = context();
      await expect(write(ctx, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      const { _id } = await write(ctx, () => things.for(ctx).insert(aThing()));
      expect(await things.for(ctx).get(_id)).toMatchObject({ _id });
    });
  });
};

const raceCases = (use: () => Fixture): void => {
  describe('race', () => {
    const contestants = 8;
    const contextsOf = ({ context }: Fixture, tenantId: string) =>
      Array.from({ length: contestants }, () => context(tenantId));

    it('one of many updates of one version wins', async () => {
      const fixture = use();
      const { stored, things, write } = fixture;
      const owner = fixture.context();
      const [thing] = (await stored(owner, [{}])) as [Thing];
      const { won, lost } = await settle(
        contextsOf(fixture, owner.tenantId).map((ctx, at) =>
          write(ctx, () => things.for(ctx).update(thing, { $set: { name: `writer ${at}` } })),
        ),
      );
      expect(lost).toEqual(Array(contestants - 1).fill('stale-version'));
      expect([await things.for(owner).get(thing._id)]).toEqual(won);
    });

    it('the last one in stock is taken once', async () => {
      const fixture = use();
      const { stored, things, write } = fixture;
      const owner = fixture.context();
      const [{ _id }] = (await stored(owner, [{ stock: 1 }])) as [Thing];
      const { won, lost } = await settle(
        contextsOf(fixture, owner.tenantId).map((ctx) =>
          write(ctx, async () => {
            await things.for(ctx).get(_id);
            things.for(ctx).updateWhere({ _id, stock: { $gte: 1 } }, { $inc: { stock: -1 } }, suiteErrors.soldOut());
          }),
        ),
      );
      expect([won.length, lost]).toEqual([1, Array(contestants - 1).fill('sold-out')]);
      expect(await things.for(owner).get(_id)).toMatchObject({ stock: 0, version: 2 });
    });

    it('a stock that suffices loses no decrement', async () => {
      const fixture = use();
      const { stored, things, write } = fixture;
      const owner = fixture.context();
      const [{ _id }] = (await stored(owner, [{ stock: contestants }])) as [Thing];
      const take = { $inc: { stock: -1 } };
      const { won } = await settle(
        contextsOf(fixture, owner.tenantId).map((ctx) =>
          write(ctx, () => things.for(ctx).updateWhere({ _id, stock: { $gte: 1 } }, take, suiteErrors.soldOut())),
        ),
      );
      expect(won).toHaveLength(contestants);
      expect(await things.for(owner).get(_id)).toMatchObject({ stock: 0, version: contestants + 1 });
    });

    it('a unique value is given once', async () => {
      const fixture = use();
      const { things, write } = fixture;
      const owner = fixture.context();
      const { won, lost } = await settle(
        contextsOf(fixture, owner.tenantId).map((ctx) =>
          write(ctx, () => things.for(ctx).insert(aThing({ sku: 'only' }))),
        ),
      );
      expect(lost).toEqual(Array(contestants - 1).fill('sku-taken'));
      expect([await things.for(owner).find({ sku: 'only' })]).toEqual(won);
    });

    it('of a removal and the updates that race it, one wins', async () => {
      const fixture = use();
      const { stored, things, write } = fixture;
      const owner = fixture.context();
      const [thing] = (await stored(owner, [{}])) as [Thing];
      const { won, lost } = await settle<unknown>(
        contextsOf(fixture, owner.tenantId).map((ctx, at) =>
          write(ctx, () =>
            at % 2 ? things.for(ctx).remove(thing) : things.for(ctx).update(thing, { $inc: { rank: 1 } }),
          ),
        ),
      );
      expect([won.length, lost]).toEqual([1, Array(contestants - 1).fill('stale-version')]);
    });

    it('one of two transfers that cross wins, or both do, and nothing is lost', async () => {
      const { context, stored, things, write } = use();
      const owner = context();
      const [left, right] = (await stored(owner, [{ stock: 5 }, { stock: 5 }])) as [Thing, Thing];
      const move = (from: Thing, to: Thing) => {
        const ctx = context(owner.tenantId);
        return write(ctx, () => {
          const { updateWhere } = things.for(ctx);
          updateWhere({ _id: from._id, stock: { $gte: 3 } }, { $inc: { stock: -3 } }, suiteErrors.soldOut());
          updateWhere({ _id: to._id }, { $inc: { stock: 3 } }, suiteErrors.soldOut());
        });
      };
      await settle([move(left, right), move(right, left), move(left, right), move(right, left)]);
      const after = await things.for(owner).getMany([left._id, right._id]);
      expect(after.reduce((sum, { stock }) => sum + stock, 0)).toBe(10);
    });
  });
};

/** What the writes of one unit promise together, and units against each other. */
export const unitCases = (use: () => Fixture): void => {
  recordingCases(use);
  allOrNoneCases(use);
  raceCases(use);
};
