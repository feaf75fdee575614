import { describe, expect, it } from 'vitest';
import type { UntypedDefinition } from './define-collection.ts';
import {
  findIncomingReferences,
  getAddedIds,
  getReferencedIds,
  ReferenceViolation,
  requireReferenced,
  requireUnused,
} from './references.ts';

const toDefinition = (name: string, references: UntypedDefinition['references'], softDelete = false) =>
  ({ name, references, softDelete, shape: {}, indexes: {}, compareBy: {}, search: [] }) as UntypedDefinition;

const products = toDefinition('products', {}, true);
const orders = toDefinition('orders', {
  'lines.productId': { to: products, missing: 'product-missing', used: 'product-in-use' },
  giftId: { to: products, missing: 'gift-missing', used: undefined },
});

/** A collection that records what is required of others. */
const createRecorder = () => {
  const required: unknown[] = [];
  const record = (collection: string, where: object, error: Error) =>
    void required.push([collection, where, (error as ReferenceViolation).code]);
  return { required, stored: { requireOne: record, requireNone: record } };
};

describe('findIncomingReferences', () => {
  it('returns the references to a collection, with the collections that have them', () => {
    expect(findIncomingReferences([products, orders], products)).toEqual([
      { from: orders, path: 'lines.productId', used: 'product-in-use' },
      { from: orders, path: 'giftId', used: undefined },
    ]);
    expect(findIncomingReferences([products, orders], orders)).toEqual([]);
  });

  it('refuses a reference to a collection of another module', () => {
    expect(() => findIncomingReferences([orders], orders)).toThrow(
      "orders: 'lines.productId' refers to 'products', which is not a collection of this module.",
    );
  });
});

describe('the ids at a path', () => {
  it.each<[string, object, string, string[]]>([
    ['a field', { a: 'x' }, 'a', ['x']],
    ['an absent field', {}, 'a', []],
    ['the items of an array', { a: ['x', 'y', 'x'] }, 'a', ['x', 'y']],
    ['a field of each item', { a: [{ b: 'x' }, {}, { b: 'y' }] }, 'a.b', ['x', 'y']],
    ['a field of the items of an absent array', {}, 'a.b', []],
  ])('are those of %s', (_, fields, path, ids) => {
    expect(getReferencedIds(fields as never, path)).toEqual(ids);
  });

  it('that a change adds are not those that the document has', () => {
    const change = { $set: { a: ['x', 'y'] }, $push: { a: 'z' }, $addToSet: { a: 'y' } } as never;
    expect(getAddedIds(change, 'a')).toEqual(['x', 'y', 'z']);
    expect(getAddedIds(change, 'a', { a: ['x'] })).toEqual(['y', 'z']);
    expect(getAddedIds({}, 'a')).toEqual([]);
  });
});

describe('a reference requires', () => {
  it('each document that a write refers to, unless it is removed', () => {
    const { required, stored } = createRecorder();
    requireReferenced(stored, orders, (path) => (path === 'giftId' ? ['g'] : ['x', 'y']));
    expect(required).toEqual([
      ['products', { _id: 'x', deleted: false }, 'product-missing'],
      ['products', { _id: 'y', deleted: false }, 'product-missing'],
      ['products', { _id: 'g', deleted: false }, 'gift-missing'],
    ]);
  });

  it('that no document refers to a removed one', () => {
    const { required, stored } = createRecorder();
    requireUnused(stored, findIncomingReferences([products, orders], products), { _id: 'x' });
    expect(required).toEqual([
      ['orders', { 'lines.productId': 'x' }, 'product-in-use'],
      ['orders', { giftId: 'x' }, 'unnamed reference giftId of orders'],
    ]);
  });

  it('its own error', () => {
    const violation = new ReferenceViolation('product-missing');
    expect(violation).toMatchObject({ name: 'ReferenceViolation', code: 'product-missing' });
    expect(violation.message).toBe('A reference was violated: product-missing.');
  });
});
