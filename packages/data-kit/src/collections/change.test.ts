import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createThing, ctx, type ThingDocument, things } from '../../test/things.ts';
import { applyChange, assertChange, createDocument } from './change.ts';
import type { Change, Draft } from './entity.ts';

const now = new Date(9000);
// structuredClone adds a prototype, so an object without one would differ from its clone.
const allOptional: { requiredKeys: never[]; noNullPrototype: true } = { requiredKeys: [], noNullPrototype: true };
const draft: Draft<ThingDocument> = {
  name: 'Lamp',
  group: 'light',
  rank: 1,
  active: true,
  due: new Date(5),
  tags: [],
};

describe('createDocument', () => {
  const created = createDocument<ThingDocument>(draft, { ctx, clock: { now: () => now }, ids: { next: () => 'id-1' } });

  it('adds id, tenant, version and times to the draft', () => {
    expect(created).toEqual({ ...draft, _id: 'id-1', tenantId: 'acme', version: 1, createdAt: now, updatedAt: now });
  });

  it('ignores managed fields in a draft that was cast to bypass the compiler', () => {
    const cast = { ...draft, _id: 'mine', tenantId: 'other', version: 7, createdAt: new Date(0) } as unknown;
    const deps = { ctx, clock: { now: () => now }, ids: { next: () => 'id-1' } };
    expect(createDocument<ThingDocument>(cast as Draft<ThingDocument>, deps)).toEqual(created);
  });
});

describe('applyChange', () => {
  const thing = createThing({ note: 'old', rank: 5, tags: ['a'] });

  it.each<[string, Change<ThingDocument>, Partial<ThingDocument>]>([
    ['$set replaces fields', { $set: { name: 'Desk', active: false } }, { name: 'Desk', active: false }],
    ['$inc adds positive and negative numbers', { $inc: { rank: -7 } }, { rank: -2 }],
    ['$push appends', { $push: { tags: 'b' } }, { tags: ['a', 'b'] }],
    ['$addToSet appends an item', { $addToSet: { tags: 'b' } }, { tags: ['a', 'b'] }],
    ['$addToSet appends no item twice', { $addToSet: { tags: 'a' } }, { tags: ['a'] }],
    ['$pull removes an item', { $pull: { tags: 'a' } }, { tags: [] }],
    ['several together', { $set: { name: 'Desk' }, $inc: { rank: 1 } }, { name: 'Desk', rank: 6 }],
    ['an empty change increments the version and sets the time', {}, {}],
  ])('%s', (_, change, expected) => {
    expect(applyChange(thing, change, now)).toEqual({ ...thing, ...expected, version: 4, updatedAt: now });
  });

  it('$unset removes the field itself', () => {
    expect(Object.keys(applyChange(thing, { $unset: { note: true } }, now))).not.toContain('note');
  });

  it('$inc counts from zero and $push begins a list where the field is missing', () => {
    const { rank: _, tags: __, ...bare } = thing;
    const next = applyChange(bare as ThingDocument, { $inc: { rank: 2 }, $push: { tags: 'a' } }, now);
    expect(next).toMatchObject({ rank: 2, tags: ['a'] });
  });

  it('ignores undefined values, as the database does', () => {
    const change = { $set: { name: undefined }, $inc: { rank: undefined }, $push: { tags: undefined } };
    const next = applyChange(
      thing,
      { ...change, $unset: { note: undefined } } as unknown as Change<ThingDocument>,
      now,
    );
    expect(next).toStrictEqual({ ...thing, version: 4, updatedAt: now });
  });

  it('ignores version and time in a change that was cast to bypass the compiler', () => {
    const cast = { $set: { version: 99, updatedAt: new Date(0) } } as unknown as Change<ThingDocument>;
    expect(applyChange(thing, cast, now)).toMatchObject({ version: 4, updatedAt: now });
  });

  it('modifies neither the document nor the change', () => {
    const anyChange = fc.record(
      {
        $set: fc.record({ name: fc.string(), due: fc.date({ noInvalidDate: true }), note: fc.string() }, allOptional),
        $inc: fc.record({ rank: fc.integer() }, allOptional),
        $push: fc.record({ tags: fc.string() }, allOptional),
        $addToSet: fc.record({ tags: fc.string() }, allOptional),
        $pull: fc.record({ tags: fc.string() }, allOptional),
        $unset: fc.constantFrom({}, { note: true }),
      },
      allOptional,
    );
    fc.assert(
      fc.property(anyChange, fc.array(fc.string()), (change, tags) => {
        const document = createThing({ tags, note: 'old' });
        const before = structuredClone({ document, change });
        const next = applyChange(document, change, now);
        expect({ document, change }).toStrictEqual(before);
        expect(applyChange(document, change, now)).toStrictEqual(next);
        expect(next.version).toBe(document.version + 1);
      }),
    );
  });
});

describe('assertChange', () => {
  it('accepts a change of the document’s own fields, each once', () => {
    assertChange(things, { $set: { name: 'a' }, $inc: { rank: 1 }, $push: { tags: 'x' } });
    assertChange(things, {});
  });

  it.each([
    [
      { $rename: { name: 'title' } },
      "'$rename' is not supported in a change; use $set, $inc, $unset, $push, $addToSet or $pull.",
    ],
    [{ $set: { tenantId: 'other' } }, "'tenantId' is written by the collection itself"],
    [{ $inc: { version: 1 } }, "'version' is written by the collection itself"],
    [{ $set: { colour: 'red' } }, "'colour' is not a field of the document."],
    [{ $set: { 'name.first': 'a' } }, "the path 'name.first' is not supported here: set 'name' as a whole."],
    [{ $set: { constructor: 1 } }, "'constructor' is not a field of the document."],
    [{ $addToSet: { tags: ['a'] } }, "'$addToSet' on 'tags' takes a scalar value."],
    [
      { $pull: { tags: { $ne: 'a' } } },
      "'$ne' is not supported here: '$pull' on 'tags' takes a scalar value, or an object of scalar values.",
    ],
    [{ $set: { rank: 1 }, $inc: { rank: 1 } }, "the change names 'rank' twice."],
  ])('refuses %j', (change, message) => {
    expect(() => assertChange(things, change)).toThrow(message);
  });
});
