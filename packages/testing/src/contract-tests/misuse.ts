import { describe, expect, it } from 'vitest';
import { aThing, type Thing } from './collections.ts';
import { type Fixture, suiteErrors } from './fixture.ts';

const outsideCases = (use: () => Fixture): void => {
  it('a write outside a unit of work throws', async () => {
    const { context, stored, things } = use();
    const ctx = context();
    const [thing] = (await stored(ctx, [{}])) as [Thing];
    const scoped = things.for(ctx);
    expect(() => scoped.insert(aThing())).toThrow(/outside a unit of work/);
    expect(() => scoped.update(thing, {})).toThrow(/outside a unit of work/);
    expect(() => scoped.updateWhere({ _id: thing._id }, {}, suiteErrors.soldOut())).toThrow(/outside a unit of work/);
    expect(() => scoped.remove(thing)).toThrow(/outside a unit of work/);
  });

  it('a write with another context than that of the unit throws', async () => {
    const { context, things, write } = use();
    const ctx = context();
    const other = context(ctx.tenantId);
    await expect(write(ctx, () => things.for(other).insert(aThing()))).rejects.toThrow(/outside a unit of work/);
  });

  it('a write after the commit throws instead of being lost', async () => {
    const { context, things, write } = use();
    const ctx = context();
    const scoped = await write(ctx, () => things.for(ctx));
    expect(() => scoped.insert(aThing())).toThrow(/outside a unit of work/);
  });

  it('a deadline that has passed fails reads and commits with upstream-timeout', async () => {
    const { context, things, write } = use();
    const ctx = { ...context(), deadline: 1 };
    const timeout = { code: 'upstream-timeout' };
    await expect(things.for(ctx).list({ where: {}, sort: 'createdAt', limit: 1 })).rejects.toMatchObject(timeout);
    await expect(write(ctx, () => things.for(ctx).insert(aThing()))).rejects.toMatchObject(timeout);
  });

  it('a call that is aborted reads nothing', async () => {
    const { context, things } = use();
    const ctx = { ...context(), signal: AbortSignal.abort() };
    await expect(things.for(ctx).find({ sku: 'x' })).rejects.toThrow();
  });
};

type Wrong = Readonly<Record<string, readonly [where: object, says: RegExp]>>;

// Types refuse each of these; what comes from outside by a cast is refused all the same.
const wrongFilters: Wrong = {
  'an operator outside the vocabulary': [{ rank: { $ne: 1 } }, /\$ne/],
  'a pattern': [{ name: { $regex: '.*' } }, /\$regex/],
  'a top-level operator': [{ $where: 'true' }, /\$where/],
  'an alternative': [{ $or: [{ rank: 1 }] }, /\$or/],
  'an operator inside $in': [{ rank: { $in: [{ $gt: 0 }] } }, /\$in/],
  'a list in place of a value': [{ name: ['a'] }, /name/],
  'an object in place of a bound': [{ rank: { $gt: { $gt: 0 } } }, /\$gt/],
  'an object without an operator': [{ rank: {} }, /rank/],
  'a regular expression': [{ name: /.*/ }, /name/],
  'a date that is none': [{ due: new Date(Number.NaN) }, /due/],
  null: [{ name: null }, /name/],
  undefined: [{ rank: undefined }, /rank/],
  'not a number': [{ rank: Number.NaN }, /rank/],
  'an unknown field': [{ colour: 'red' }, /colour/],
  'a path': [{ 'size.width': 1 }, /size\.width/],
  'an inherited name': [{ constructor: 'x' }, /constructor/],
  'the tenant': [{ tenantId: 'x' }, /tenant/],
};

const filterCases = (use: () => Fixture): void => {
  it.each(Object.entries(wrongFilters))('a filter by %s is refused and named', async (_, [where, says]) => {
    const { context, things, write } = use();
    const ctx = context();
    const asked = { ...where, sku: 'x' } as never;
    await expect(things.for(ctx).find(asked)).rejects.toThrow(says);
    await expect(things.for(ctx).list({ where: where as never, sort: 'rank', limit: 1 })).rejects.toThrow(says);
    const writing = write(ctx, () => things.for(ctx).updateWhere(asked, {}, suiteErrors.soldOut()));
    await expect(writing).rejects.toThrow(says);
  });

  it('an operator in place of an id reaches no document', async () => {
    const { context, stored, things, write } = use();
    const ctx = context();
    const [thing] = (await stored(ctx, [{}])) as [Thing];
    const any = { $gte: '' } as never;
    await expect(things.for(ctx).get(any)).rejects.toThrow();
    await expect(write(ctx, () => things.for(ctx).remove({ ...thing, _id: any }))).rejects.toThrow();
    await expect(
      write(ctx, () => things.for(ctx).remove({ ...thing, version: { $gte: 0 } as never })),
    ).rejects.toThrow();
    await expect(
      write(ctx, () => things.for(ctx).update({ ...thing, version: { $gte: 0 } as never }, {})),
    ).rejects.toThrow();
    expect(await things.for(ctx).get(thing._id)).toEqual(thing);
  });

  it('a filter that no index serves is refused with what to add', async () => {
    const { context, things, write } = use();
    const ctx = context();
    await expect(things.for(ctx).find({ stock: 1 })).rejects.toThrow(/no index serves .*stock.*defineCollection/);
    await expect(things.for(ctx).find({})).rejects.toThrow(/no index serves/);
    const writing = write(ctx, () => things.for(ctx).updateWhere({ note: 'x' }, {}, suiteErrors.soldOut()));
    await expect(writing).rejects.toThrow(/no index serves .*note/);
  });

  it('a list that no index serves is refused with the index to add', async () => {
    const { context, things } = use();
    const list = things.for(context()).list;
    await expect(list({ where: {}, sort: 'stock', limit: 1 })).rejects.toThrow(
      'Add [stock, _id] to its defineCollection',
    );
    await expect(list({ where: { note: 'x' }, sort: '-rank', limit: 1 })).rejects.toThrow('Add [note, rank, _id]');
    await expect(list({ where: { rank: { $gt: 1 } }, sort: 'name', limit: 1 })).rejects.toThrow(/sorted field only/);
    await expect(list({ where: {}, sort: 'colour' as never, limit: 1 })).rejects.toThrow(/colour/);
  });

  it.each([0, 101, -1, 1.5, Number.NaN, '10'])('a page of %s is refused', async (limit) => {
    const { context, things } = use();
    const list = things.for(context()).list({ where: {}, sort: 'rank', limit: limit as number });
    await expect(list).rejects.toThrow(/1 to 100/);
  });
};

const wrongChanges: Readonly<Record<string, object>> = {
  'the version': { $set: { version: 9 } },
  'the id': { $set: { _id: 'other' } },
  'the time of creation': { $set: { createdAt: new Date(0) } },
  'the version by a step': { $inc: { version: 5 } },
  'an unknown field': { $set: { colour: 'red' } },
  'a path': { $set: { 'size.width': 9 } },
  'one field twice': { $set: { stock: 1 }, $inc: { stock: 1 } },
  'by an operator outside the vocabulary': { $rename: { note: 'name' } },
};

const changeCases = (use: () => Fixture): void => {
  it.each(Object.entries(wrongChanges))('a change of %s is refused and changes nothing', async (_, change) => {
    const { context, stored, things, write } = use();
    const ctx = context();
    const [thing] = (await stored(ctx, [{ note: 'x', size: { width: 1 } }])) as [Thing];
    const { _id } = thing;
    await expect(write(ctx, () => things.for(ctx).update(thing, change as never))).rejects.toThrow();
    const writing = write(ctx, () => things.for(ctx).updateWhere({ _id }, change as never, suiteErrors.soldOut()));
    await expect(writing).rejects.toThrow();
    expect(await things.for(ctx).get(_id)).toEqual(thing);
  });
};

/** What the port refuses, and that it says what to do instead. */
export const misuseCases = (use: () => Fixture): void => {
  describe('misuse', () => {
    outsideCases(use);
    filterCases(use);
    changeCases(use);
  });
};
