import { describe, expect, it } from 'vitest';
import { createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

const recordingCases = (use: () => Fixture): void => {
  describe('a unit of work', () => {
    it('makes its writes visible at commit only', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      await write(async () => {
        const { _id } = things.insert(createThing());
        things.remove(thing);
        await expect(things.get(_id)).rejects.toMatchObject({ code: 'not-found' });
        expect(await things.get(thing._id)).toEqual(thing);
      });
      await expect(things.get(thing._id)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('applies later writes to the results of earlier ones', async () => {
      const { things, write } = createTenant(use());
      const last = await write(() => {
        const one = things.insert(createThing({ stock: 1 }));
        const two = things.update(one, { $inc: { stock: 1 } });
        things.updateWhere({ _id: one._id, stock: 2 }, { $inc: { stock: 1 } }, suiteErrors.soldOut());
        const removed = things.insert(createThing());
        things.remove(removed);
        return { ...two, stock: 3, version: 3 };
      });
      expect(await things.get(last._id)).toEqual(last);
    });

    it('returns the result of the work', async () => {
      const { context, write } = use();
      expect(await write(context(), () => 'result')).toBe('result');
      expect(await write(context(), () => undefined)).toBeUndefined();
    });

    it('can run after another one of the same context', async () => {
      const { things, write } = createTenant(use());
      await write(() => things.insert(createThing()));
      const { _id } = await write(() => things.insert(createThing()));
      expect(await things.get(_id)).toMatchObject({ _id });
    });

    it('is rejected inside another one of the same context, which continues', async () => {
      const { things, write } = createTenant(use());
      const { _id } = await write(async () => {
        await expect(write(() => undefined)).rejects.toThrow(/already/);
        return things.insert(createThing());
      });
      expect(await things.get(_id)).toMatchObject({ _id });
    });

    it('spans the collections of the module', async () => {
      const { insertEach, things, slots, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const failing = write(() => {
        slots.insert({ room: 'r', rank: 1 });
        things.remove({ ...thing, version: 9 });
      });
      await expect(failing).rejects.toMatchObject({ code: 'stale-version' });
      expect(await slots.find({ room: 'r' })).toBeUndefined();
    });
  });
};

const allOrNoneCases = (use: () => Fixture): void => {
  describe('integrity: all or none', () => {
    it('work that throws writes nothing, and its error is thrown', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const error = new Error('changed my mind');
      const failing = write(() => {
        things.insert(createThing({ sku: 'never' }));
        things.remove(thing);
        throw error;
      });
      await expect(failing).rejects.toBe(error);
      expect(await things.find({ sku: 'never' })).toBeUndefined();
      expect(await things.get(thing._id)).toEqual(thing);
    });

    it('a failed condition undoes the writes before and after it', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [one, two, three] = (await insertEach([{}, { stock: 0 }, {}])) as [Thing, Thing, Thing];
      const failing = write(() => {
        things.insert(createThing({ sku: 'before' }));
        things.update(one, { $set: { name: 'changed' } });
        things.updateWhere({ _id: two._id, stock: { $gt: 0 } }, { $inc: { stock: -1 } }, suiteErrors.soldOut());
        things.remove(three);
        things.insert(createThing({ sku: 'after' }));
      });
      await expect(failing).rejects.toMatchObject({ code: 'sold-out' });
      expect(await things.list({ where: {}, sort: 'createdAt', limit: 100 })).toEqual({
        items: [one, two, three],
        nextCursor: null,
      });
    });

    it('the first failed condition determines the error', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ sku: 'here' }])) as [Thing];
      const failing = write(() => {
        things.updateWhere({ _id: thing._id, stock: 77 }, { $inc: { stock: 1 } }, suiteErrors.soldOut());
        things.insert(createThing({ sku: 'here' }));
      });
      await expect(failing).rejects.toMatchObject({ code: 'sold-out' });
    });

    it('a context can be used again after a failed unit', async () => {
      const { things, write } = createTenant(use());
      await expect(write(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
      const { _id } = await write(() => things.insert(createThing()));
      expect(await things.get(_id)).toMatchObject({ _id });
    });
  });
};

const raceCases = (use: () => Fixture): void => {
  describe('race', () => {
    const count = 8;
    const decrement = { $inc: { stock: -1 } };

    it('one of many updates of the same version succeeds', async () => {
      const { race, insertEach, things } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const { results, errorCodes } = await race(count, (tenant, index) =>
        tenant.things.update(thing, { $set: { name: `writer ${index}` } }),
      );
      expect(errorCodes).toEqual(Array(count - 1).fill('stale-version'));
      expect([await things.get(thing._id)]).toEqual(results);
    });

    it('the last item in stock is taken once', async () => {
      const { race, insertEach, things } = createTenant(use());
      const [{ _id }] = (await insertEach([{ stock: 1 }])) as [Thing];
      const { results, errorCodes } = await race(count, async (tenant) => {
        await tenant.things.get(_id);
        tenant.things.updateWhere({ _id, stock: { $gte: 1 } }, decrement, suiteErrors.soldOut());
      });
      expect([results.length, errorCodes]).toEqual([1, Array(count - 1).fill('sold-out')]);
      expect(await things.get(_id)).toMatchObject({ stock: 0, version: 2 });
    });

    it('concurrent decrements of a sufficient stock are all applied', async () => {
      const { race, insertEach, things } = createTenant(use());
      const [{ _id }] = (await insertEach([{ stock: count }])) as [Thing];
      const { results } = await race(count, (tenant) =>
        tenant.things.updateWhere({ _id, stock: { $gte: 1 } }, decrement, suiteErrors.soldOut()),
      );
      expect(results).toHaveLength(count);
      expect(await things.get(_id)).toMatchObject({ stock: 0, version: count + 1 });
    });

    it('a unique value is stored once', async () => {
      const { race, things } = createTenant(use());
      const { results, errorCodes } = await race(count, (tenant) => tenant.things.insert(createThing({ sku: 'only' })));
      expect(errorCodes).toEqual(Array(count - 1).fill('sku-taken'));
      expect([await things.find({ sku: 'only' })]).toEqual(results);
    });

    it('one of concurrent removals and updates succeeds', async () => {
      const { race, insertEach } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const { results, errorCodes } = await race<unknown>(count, (tenant, index) =>
        index % 2 ? tenant.things.remove(thing) : tenant.things.update(thing, { $inc: { rank: 1 } }),
      );
      expect([results.length, errorCodes]).toEqual([1, Array(count - 1).fill('stale-version')]);
    });

    it('transfers in opposite directions lose nothing', async () => {
      const { race, insertEach, things } = createTenant(use());
      const [left, right] = (await insertEach([{ stock: 5 }, { stock: 5 }])) as [Thing, Thing];
      await race(4, ({ things: { updateWhere } }, index) => {
        const [from, to] = index % 2 ? [right, left] : [left, right];
        updateWhere({ _id: from._id, stock: { $gte: 3 } }, { $inc: { stock: -3 } }, suiteErrors.soldOut());
        updateWhere({ _id: to._id }, { $inc: { stock: 3 } }, suiteErrors.soldOut());
      });
      const after = await things.getMany([left._id, right._id]);
      expect(after.reduce((sum, { stock }) => sum + stock, 0)).toBe(10);
    });
  });
};

/** The guarantees of the writes of one unit together, and of concurrent units. */
export const unitCases = (use: () => Fixture): void => {
  recordingCases(use);
  allOrNoneCases(use);
  raceCases(use);
};
