import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aThing, ctx, type ThingDocument } from '../../test/things.ts';
import { applyChange, createDocument } from './change.ts';
import type { Change, Draft } from './entity.ts';

const now = new Date(9000);
// A change without a prototype is none that our code makes, and structuredClone gives it one.
const sparse: { requiredKeys: never[]; noNullPrototype: true } = { requiredKeys: [], noNullPrototype: true };
const draft: Draft<ThingDocument> = {
  name: 'Lamp',
  group: 'light',
  rank: 1,
  active: true,
  due: new Date(5),
  tags: [],
};

describe('createDocument', () => {
  const made = createDocument<ThingDocument>(draft, { ctx, clock: { now: () => now }, ids: { next: () => 'id-1' } });

  it('adds id, tenant, version and times to what the caller gave', () => {
    expect(made).toEqual({ ...draft, _id: 'id-1', tenantId: 'acme', version: 1, createdAt: now, updatedAt: now });
  });

  it('lets no draft choose what the collection gives, even when the compiler was bypassed', () => {
    const forged = { ...draft, _id: 'mine', tenantId: 'other', version: 7, createdAt: new Date(0) } as unknown;
    const parts = { ctx, clock: { now: () => now }, ids: { next: () => 'id-1' } };
    expect(createDocument<ThingDocument>(forged as Draft<ThingDocument>, parts)).toEqual(made);
  });
});

describe('applyChange', () => {
  const thing = aThing({ note: 'old', rank: 5, tags: ['a'] });

  it.each<[string, Change<ThingDocument>, Partial<ThingDocument>]>([
    ['$set replaces fields', { $set: { name: 'Desk', active: false } }, { name: 'Desk', active: false }],
    ['$inc adds, also what is negative', { $inc: { rank: -7 } }, { rank: -2 }],
    ['$push appends', { $push: { tags: 'b' } }, { tags: ['a', 'b'] }],
    ['all at once', { $set: { name: 'Desk' }, $inc: { rank: 1 } }, { name: 'Desk', rank: 6 }],
    ['nothing but version and time', {}, {}],
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

  it('leaves a field that a change names without a value as it was, as the database does', () => {
    const change = { $set: { name: undefined }, $inc: { rank: undefined }, $push: { tags: undefined } };
    const next = applyChange(
      thing,
      { ...change, $unset: { note: undefined } } as unknown as Change<ThingDocument>,
      now,
    );
    expect(next).toStrictEqual({ ...thing, version: 4, updatedAt: now });
  });

  it('lets no change choose the next version or its time, even when the compiler was bypassed', () => {
    const forged = { $set: { version: 99, updatedAt: new Date(0) } } as unknown as Change<ThingDocument>;
    expect(applyChange(thing, forged, now)).toMatchObject({ version: 4, updatedAt: now });
  });

  it('touches neither the document nor the change', () => {
    const aChange = fc.record(
      {
        $set: fc.record({ name: fc.string(), due: fc.date({ noInvalidDate: true }), note: fc.string() }, sparse),
        $inc: fc.record({ rank: fc.integer() }, sparse),
        $push: fc.record({ tags: fc.string() }, sparse),
        $unset: fc.constantFrom({}, { note: true }),
      },
      sparse,
    );
    fc.assert(
      fc.property(aChange, fc.array(fc.string()), (change, tags) => {
        const document = aThing({ tags, note: 'old' });
        const before = structuredClone({ document, change });
        const next = applyChange(document, change, now);
        expect({ document, change }).toStrictEqual(before);
        expect(applyChange(document, change, now)).toStrictEqual(next);
        expect(next.version).toBe(document.version + 1);
      }),
    );
  });
});
