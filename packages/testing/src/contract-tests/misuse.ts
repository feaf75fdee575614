import { describe, expect, it } from 'vitest';
import { createThing, type Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

const outsideCases = (use: () => Fixture): void => {
  it('a write outside a unit of work throws', async () => {
    const { insertEach, things } = createTenant(use());
    const [thing] = (await insertEach([{}])) as [Thing];
    const scoped = things;
    expect(() => scoped.insert(createThing())).toThrow(/outside a unit of work/);
    expect(() => scoped.update(thing, {})).toThrow(/outside a unit of work/);
    expect(() => scoped.updateWhere({ _id: thing._id }, {}, suiteErrors.soldOut())).toThrow(/outside a unit of work/);
    expect(() => scoped.require(thing)).toThrow(/outside a unit of work/);
    expect(() => scoped.remove(thing)).toThrow(/outside a unit of work/);
  });

  it('a write with a context that is not that of the unit throws', async () => {
    const { ctx, context, write } = createTenant(use());
    const { things } = createTenant(use(), context(ctx.tenantId));
    await expect(write(() => things.insert(createThing()))).rejects.toThrow(/outside a unit of work/);
  });

  it('a write after the commit throws instead of being lost', async () => {
    const { things, write } = createTenant(use());
    const scoped = await write(() => things);
    expect(() => scoped.insert(createThing())).toThrow(/outside a unit of work/);
  });

  it('a deadline that has passed fails reads and commits with upstream-timeout', async () => {
    const { context, things, write } = use();
    const ctx = { ...context(), deadline: 1 };
    const timeout = { code: 'upstream-timeout' };
    await expect(things.for(ctx).list({ where: {}, sort: 'createdAt', limit: 1 })).rejects.toMatchObject(timeout);
    await expect(write(ctx, () => things.for(ctx).insert(createThing()))).rejects.toMatchObject(timeout);
  });

  it('an aborted call reads nothing', async () => {
    const { context, things } = use();
    const ctx = { ...context(), signal: AbortSignal.abort() };
    await expect(things.for(ctx).find({ sku: 'x' })).rejects.toThrow();
  });
};

type Rejected = Readonly<Record<string, readonly [where: object, message: RegExp]>>;

// The types reject each of these; the port also rejects them at run time.
const invalidFilters: Rejected = {
  'an operator outside the vocabulary': [{ rank: { $ne: 1 } }, /\$ne/],
  'a pattern': [{ name: { $regex: '.*' } }, /\$regex/],
  'a top-level operator': [{ $where: 'true' }, /\$where/],
  'an alternative': [{ $or: [{ rank: 1 }] }, /\$or/],
  'an operator inside $in': [{ rank: { $in: [{ $gt: 0 }] } }, /\$in/],
  'a list in place of a value': [{ name: ['a'] }, /name/],
  'an object in place of a bound': [{ rank: { $gt: { $gt: 0 } } }, /\$gt/],
  'an object without an operator': [{ rank: {} }, /rank/],
  'a regular expression': [{ name: /.*/ }, /name/],
  'an invalid date': [{ due: new Date(Number.NaN) }, /due/],
  null: [{ name: null }, /name/],
  undefined: [{ rank: undefined }, /rank/],
  'not a number': [{ rank: Number.NaN }, /rank/],
  'an unknown field': [{ colour: 'red' }, /colour/],
  'a path': [{ 'size.width': 1 }, /size\.width/],
  'an inherited name': [{ constructor: 'x' }, /constructor/],
  'the tenant': [{ tenantId: 'x' }, /tenant/],
};

const filterCases = (use: () => Fixture): void => {
  it.each(Object.entries(invalidFilters))('a filter by %s is rejected with its name', async (_, [where, message]) => {
    const { things, write } = createTenant(use());
    const filter = { ...where, sku: 'x' } as never;
    await expect(things.find(filter)).rejects.toThrow(message);
    await expect(things.list({ where: where as never, sort: 'rank', limit: 1 })).rejects.toThrow(message);
    const writing = write(() => things.updateWhere(filter, {}, suiteErrors.soldOut()));
    await expect(writing).rejects.toThrow(message);
    await expect(write(() => things.require(filter, suiteErrors.soldOut()))).rejects.toThrow(message);
  });

  it('integrity: an operator or nothing in place of an id or version matches no document', async () => {
    const { insertEach, things, write } = createTenant(use());
    const [thing] = (await insertEach([{}])) as [Thing];
    const any = { $gte: '' } as never;
    for (const id of [any, undefined as never]) {
      await expect(things.get(id)).rejects.toMatchObject({ code: 'not-found' });
      expect(await things.getMany([id])).toEqual([]);
    }
    await expect(write(() => things.remove({ ...thing, _id: any }))).rejects.toThrow();
    await expect(write(() => things.remove({ ...thing, version: { $gte: 0 } as never }))).rejects.toThrow();
    await expect(write(() => things.require({ ...thing, version: { $gte: 0 } as never }))).rejects.toThrow();
    await expect(write(() => things.update({ ...thing, version: { $gte: 0 } as never }, {}))).rejects.toThrow();
    expect(await things.get(thing._id)).toEqual(thing);
  });

  it('a filter without an index is rejected with the index to add', async () => {
    const { things, write } = createTenant(use());
    await expect(things.find({ stock: 1 })).rejects.toThrow(/no index serves .*stock.*defineCollection/);
    await expect(things.find({})).rejects.toThrow(/no index serves/);
    const writing = write(() => things.updateWhere({ note: 'x' }, {}, suiteErrors.soldOut()));
    await expect(writing).rejects.toThrow(/no index serves .*note/);
  });

  it('a list without an index is rejected with the index to add', async () => {
    const { context, things } = use();
    const list = things.for(context()).list;
    await expect(list({ where: {}, sort: 'stock', limit: 1 })).rejects.toThrow(
      'Add [stock, _id] to its defineCollection',
    );
    await expect(list({ where: { note: 'x' }, sort: '-rank', limit: 1 })).rejects.toThrow('Add [note, rank, _id]');
    await expect(list({ where: { rank: { $gt: 1 } }, sort: 'name', limit: 1 })).rejects.toThrow(
      'Add [name, _id, rank]',
    );
    const inBoth = { group: { $in: ['alpha'] }, active: { $in: [true] } } as const;
    await expect(list({ where: inBoth, sort: 'createdAt', limit: 1 })).rejects.toThrow(/\$in on one field/);
    await expect(list({ where: {}, sort: 'colour' as never, limit: 1 })).rejects.toThrow(/colour/);
  });

  it.each([0, 101, -1, 1.5, Number.NaN, '10'])('boundary: a page of %s is rejected', async (limit) => {
    const { context, things } = use();
    const list = things.for(context()).list({ where: {}, sort: 'rank', limit: limit as number });
    await expect(list).rejects.toThrow(/1 to 100/);
  });
};

const invalidChanges: Readonly<Record<string, readonly [change: object, message: string]>> = {
  'the version': [{ $set: { version: 9 } }, "'version' is written by the collection itself"],
  'the id': [{ $set: { _id: 'other' } }, "'_id' is written by the collection itself"],
  'the time of creation': [{ $set: { createdAt: new Date(0) } }, "'createdAt' is written by the collection itself"],
  'the version by a step': [{ $inc: { version: 5 } }, "'version' is written by the collection itself"],
  'an unknown field': [{ $set: { colour: 'red' } }, "'colour' is not a field"],
  'a path': [{ $set: { 'size.width': 9 } }, "the path 'size.width' is not supported here: set 'size' as a whole"],
  'one field twice': [{ $set: { stock: 1 }, $inc: { stock: 1 } }, "names 'stock' twice"],
  'by an operator outside the vocabulary': [{ $rename: { note: 'name' } }, "'$rename' is not supported in a change"],
  'several items at once': [{ $push: { tags: { $each: ['a'] } } }, "'$each' is not supported here: '$push' on 'tags'"],
  'an item of a field that is not an array': [{ $push: { note: 'a' } }, "'$push' is not supported on 'note'"],
  'a step that is not a number': [{ $inc: { stock: '1' } }, "'$inc' on 'stock' takes a finite number"],
  'an infinite step': [{ $inc: { rank: Number.POSITIVE_INFINITY } }, "'$inc' on 'rank' takes a finite number"],
};

const changeCases = (use: () => Fixture): void => {
  it.each(Object.entries(invalidChanges))(
    'integrity: a change of %s is rejected with its name and changes nothing',
    async (_, [change, message]) => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ note: 'x', size: { width: 1 } }])) as [Thing];
      const { _id } = thing;
      await expect(write(() => things.update(thing, change as never))).rejects.toThrow(message);
      const writing = write(() => things.updateWhere({ _id }, change as never, suiteErrors.soldOut()));
      await expect(writing).rejects.toThrow(message);
      expect(await things.get(_id)).toEqual(thing);
    },
  );
};

/** The misuse that the port rejects, with messages that name the correction. */
export const misuseCases = (use: () => Fixture): void => {
  describe('misuse', () => {
    outsideCases(use);
    filterCases(use);
    changeCases(use);
  });
};
