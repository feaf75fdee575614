import { describe, expect, it } from 'vitest';
import { createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

const insertCases = (use: () => Fixture): void => {
  describe('insert', () => {
    it('returns the document as it is read later', async () => {
      const { ctx, things, write, clock } = createTenant(use());
      const thing = await write(() => things.insert(createThing({ tags: ['x'], due: new Date(42) })));
      expect(thing).toMatchObject({
        tenantId: ctx.tenantId,
        version: 1,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
      expect(await things.get(thing._id)).toEqual(thing);
    });

    it('keeps the id and the time of its origin, and accepts an id once', async () => {
      const { things, write } = createTenant(use());
      const origin = { id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d', at: new Date(42) };
      const thing = await write(() => things.insert(createThing(), origin));
      expect(thing).toMatchObject({ _id: origin.id, version: 1, createdAt: origin.at, updatedAt: origin.at });
      expect(await things.get(origin.id)).toEqual(thing);
      await expect(write(() => things.insert(createThing(), origin))).rejects.toThrow();
    });

    it('omits an optional field that is undefined', async () => {
      const { things, write } = createTenant(use());
      const thing = await write(() => things.insert(createThing({ note: undefined })));
      expect(Object.keys(await things.get(thing._id))).not.toContain('note');
    });

    it('creates ids in the order of the inserts', async () => {
      const { things, write } = createTenant(use());
      const ids = await write(() => Array.from({ length: 50 }, () => things.insert(createThing())._id));
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(50);
    });
  });
};

const updateCases = (use: () => Fixture): void => {
  describe('update', () => {
    it('applies every kind of change and returns the document as it is read later', async () => {
      const { insertEach, things, write, clock } = createTenant(use());
      const [thing] = (await insertEach([{ note: 'gone', stock: 3, tags: ['a'] }])) as [Thing];
      clock.advance(5);
      const next = await write(() =>
        things.update(thing, {
          $set: { name: 'new', due: new Date(7), size: { width: 1 } },
          $inc: { stock: 2, count: 4 },
          $unset: { note: true },
          $push: { tags: 'b' },
        }),
      );
      expect(next).toMatchObject({ version: 2, name: 'new', stock: 5, count: 4, tags: ['a', 'b'], size: { width: 1 } });
      expect(next).toMatchObject({ createdAt: thing.createdAt, updatedAt: clock.now() });
      expect(await things.get(thing._id)).toEqual(next);
      expect(next).not.toHaveProperty('note');
    });

    it('modifies neither the document nor the change in its arguments', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ tags: ['a'] }])) as [Thing];
      const before = structuredClone(thing);
      const change = { $push: { tags: 'b' }, $set: { name: 'new' } };
      await write(() => things.update(thing, change));
      expect(thing).toEqual(before);
      expect(change).toEqual({ $push: { tags: 'b' }, $set: { name: 'new' } });
    });

    it('boundary: creates a new version without a change as well', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const next = await write(() => things.update(thing, {}));
      expect(await things.get(thing._id)).toEqual(next);
      expect(next.version).toBe(2);
    });

    it('boundary: keeps a field that is set to undefined', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ note: 'kept' }])) as [Thing];
      const next = await write(() => things.update(thing, { $set: { note: undefined } }));
      expect(next).toMatchObject({ note: 'kept', version: 2 });
      expect(await things.get(thing._id)).toEqual(next);
    });

    it('integrity: throws stale-version for an outdated version and for a removed document', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing, other] = (await insertEach([{}, {}])) as [Thing, Thing];
      const next = await write(() => things.update(thing, { $set: { name: 'first' } }));
      const again = write(() => things.update(thing, { $set: { name: 'second' } }));
      await expect(again).rejects.toMatchObject({ code: 'stale-version' });
      expect(await things.get(thing._id)).toEqual(next);
      await write(() => things.remove(other));
      const late = write(() => things.update(other, { $set: { name: 'late' } }));
      await expect(late).rejects.toMatchObject({ code: 'stale-version' });
    });
  });
};

const updateWhereCases = (use: () => Fixture): void => {
  describe('updateWhere', () => {
    it('changes the one document that matches', async () => {
      const { insertEach, things, write, clock } = createTenant(use());
      const [thing, other] = (await insertEach([{ stock: 3 }, { stock: 3 }])) as [Thing, Thing];
      const { _id } = thing;
      await write(() =>
        things.updateWhere({ _id, stock: { $gte: 3 } }, { $inc: { stock: -3 } }, suiteErrors.soldOut()),
      );
      expect(await things.get(_id)).toEqual({ ...thing, stock: 0, version: 2, updatedAt: clock.now() });
      expect(await things.get(other._id)).toEqual(other);
    });

    it('integrity: throws its own error when no document matches', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ stock: 2 }])) as [Thing];
      const where = { _id: thing._id, stock: { $gte: 3 } };
      const error = suiteErrors.soldOut();
      await expect(write(() => things.updateWhere(where, { $inc: { stock: -3 } }, error))).rejects.toBe(error);
      expect(await things.get(thing._id)).toEqual(thing);
    });

    it('boundary: throws its own error when two match, and changes neither', async () => {
      const { insertEach, things, write } = createTenant(use());
      const both = await insertEach([{ rank: 7 }, { rank: 7 }]);
      const call = write(() => things.updateWhere({ rank: 7 }, { $set: { rank: 8 } }, suiteErrors.soldOut()));
      await expect(call).rejects.toMatchObject({ code: 'sold-out' });
      expect((await things.getMany(both.map(({ _id }) => _id))).map(({ rank }) => rank)).toEqual([7, 7]);
    });
  });
};

const removeCases = (use: () => Fixture): void => {
  describe('remove', () => {
    it('removes the document and no other', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing, other] = (await insertEach([{}, {}])) as [Thing, Thing];
      await write(() => things.remove(thing));
      await expect(things.get(thing._id)).rejects.toMatchObject({ code: 'not-found' });
      expect(await things.get(other._id)).toEqual(other);
    });

    it('integrity: throws stale-version for an outdated version and for a removed document', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const next = await write(() => things.update(thing, { $inc: { stock: 1 } }));
      await expect(write(() => things.remove(thing))).rejects.toMatchObject({ code: 'stale-version' });
      expect(await things.get(thing._id)).toEqual(next);
      await write(() => things.remove(next));
      await expect(write(() => things.remove(next))).rejects.toMatchObject({ code: 'stale-version' });
    });

    it('race: of a concurrent removal and change, one wins and the other has its own error', async () => {
      const { insertEach, things, race } = createTenant(use());
      for (let round = 0; round < 5; round += 1) {
        const [thing] = (await insertEach([{}])) as [Thing];
        const { results, errorCodes } = await race(2, (tenant, index) =>
          index === 0
            ? tenant.things.remove(thing, suiteErrors.soldOut())
            : void tenant.things.update(thing, { $inc: { stock: 1 } }, suiteErrors.soldOut()),
        );
        expect([results.length, errorCodes]).toEqual([1, ['sold-out']]);
        const found = await things.find({ sku: thing.sku });
        expect(found === undefined || found.version === 2).toBe(true);
      }
    });

    it('integrity: throws its own error, and the other writes of its unit are undone', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing, other] = (await insertEach([{}, {}])) as [Thing, Thing];
      await write(() => things.remove(thing));
      const error = suiteErrors.soldOut();
      const again = write(() => {
        things.remove(other);
        things.remove(thing, error);
      });
      await expect(again).rejects.toBe(error);
      expect(await things.get(other._id)).toEqual(other);
    });

    it('frees the unique value', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ sku: 'again' }])) as [Thing];
      await write(() => things.remove(thing));
      const [next] = (await insertEach([{ sku: 'again' }])) as [Thing];
      expect(await things.find({ sku: 'again' })).toEqual(next);
    });
  });
};

/** The guarantees of each single write. */
export const writeCases = (use: () => Fixture): void => {
  insertCases(use);
  updateCases(use);
  updateWhereCases(use);
  removeCases(use);
};
