import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CursorScope, createCursors, type Position } from './cursor.ts';

/** Remembers what it has encrypted. */
const createTestCipher = (): Parameters<typeof createCursors>[0] => {
  const contexts = new Map<string, string>();
  return {
    encrypt: (text, context) => {
      const cursor = `${contexts.size} ${text}`;
      contexts.set(cursor, context);
      return cursor;
    },
    decrypt: (cursor, context) =>
      contexts.get(cursor) === context ? cursor.slice(cursor.indexOf(' ') + 1) : undefined,
  };
};
const cursors = createCursors(createTestCipher());

const position: Position = { value: 'Ada', id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d' };
const scope: CursorScope = { collection: 'users', tenantId: 'acme', where: { role: 'member' }, sort: 'name' };
const cursor = cursors.encode(position, scope);

const anyValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  // JSON has no negative zero, which sorts as zero.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
);
const anyScope = fc.record({
  collection: fc.string(),
  tenantId: fc.string(),
  where: fc.dictionary(
    fc.string(),
    fc.oneof(anyValue, fc.record({ $in: fc.array(anyValue) }), fc.record({ $gte: anyValue })),
  ),
  sort: fc.string(),
});

const refused = expect.objectContaining({ name: 'ApiError', code: 'invalid-cursor', status: 400 });
const decodeOrError = (text: string, of: CursorScope = scope): unknown => {
  try {
    return cursors.decode(text, of);
  } catch (error) {
    return error;
  }
};

describe('a cursor', () => {
  it('decodes to its position, for any value and scope', () => {
    fc.assert(
      fc.property(anyValue, fc.string({ unit: 'binary' }), anyScope, (value, id, cursorScope) => {
        expect(cursors.decode(cursors.encode({ value, id }, cursorScope), cursorScope)).toEqual({ value, id });
      }),
    );
  });

  it.each([['\u{1F600} Zoë'], ['two\nlines'], ['a.b.c'], [''], [0], [-1.5], [false], [new Date(1_700_000_000_123)]])(
    'decodes %j with its type',
    (value) => {
      expect(cursors.decode(cursors.encode({ value, id: 'a' }, scope), scope)).toStrictEqual({ value, id: 'a' });
    },
  );
});

describe('a cursor is valid for one list only', () => {
  const due = new Date(5);
  it.each<[string, Partial<CursorScope>]>([
    ['another tenant', { tenantId: 'other' }],
    ['another collection', { collection: 'orders' }],
    ['another sort', { sort: '-name' }],
    ['no filter', { where: {} }],
    ['another field', { where: { kind: 'member' } }],
    ['another value', { where: { role: 'owner' } }],
    ['a further condition', { where: { role: 'member', active: true } }],
    ['an operator instead of a value', { where: { role: { $in: ['member'] } } }],
  ])('refuses %s', (_, part) => {
    expect(decodeOrError(cursor, { ...scope, ...part })).toEqual(refused);
  });

  it.each<[string, object, object]>([
    ['text and a number', { a: '1' }, { a: 1 }],
    ['text and a boolean', { a: 'true' }, { a: true }],
    ['a time and its milliseconds', { a: due }, { a: 5 }],
    ['a time and its text', { a: due }, { a: due.toISOString() }],
    ['two times', { a: due }, { a: new Date(6) }],
    ['two operators', { a: { $gt: 1 } }, { a: { $gte: 1 } }],
    ['one bound and two', { a: { $gt: 1 } }, { a: { $gt: 1, $lt: 9 } }],
    ['lists of other length', { a: { $in: [1] } }, { a: { $in: [1, 1] } }],
    ['lists with the same concatenation', { a: { $in: ['b', 'c'] } }, { a: { $in: ['b,c'] } }],
    ['fields with the same concatenation', { a: 'b', c: 'd' }, { a: 'b,c,d' }],
  ])('distinguishes %s', (_, where, other) => {
    expect(decodeOrError(cursors.encode(position, { ...scope, where }), { ...scope, where: other })).toEqual(refused);
    expect(decodeOrError(cursors.encode(position, { ...scope, where: other }), { ...scope, where })).toEqual(refused);
  });

  it('distinguishes names whose concatenation is equal', () => {
    const encoded = cursors.encode(position, { ...scope, collection: 'a', tenantId: 'bc' });
    expect(decodeOrError(encoded, { ...scope, collection: 'ab', tenantId: 'c' })).toEqual(refused);
  });

  it('ignores the order of the conditions', () => {
    const where = { role: 'member', due: { $gte: due, $lt: new Date(9) } };
    const reversed = { due: { $lt: new Date(9), $gte: due }, role: 'member' };
    expect(cursors.decode(cursors.encode(position, { ...scope, where }), { ...scope, where: reversed })).toEqual(
      position,
    );
  });

  it('refuses every other scope', () => {
    fc.assert(
      fc.property(anyScope, (other) => {
        expect(decodeOrError(cursor, other)).toEqual(refused);
      }),
    );
  });
});

it('refuses a cursor that it has not made', () => {
  expect(decodeOrError('')).toEqual(refused);
  expect(decodeOrError(`${cursor} `)).toEqual(refused);
});
