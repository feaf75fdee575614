import { createHmac, timingSafeEqual } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CursorScope, createCursors, type Position } from './cursor.ts';

const isSame = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};
const sign = (text: string): string => createHmac('sha256', 'a secret').update(text).digest('base64url');
const pack = (text: string): string => Buffer.from(text).toString('base64url');
const unpack = (packed: string): string => Buffer.from(packed, 'base64url').toString();
const cursors = createCursors({ sign, isSame, pack, unpack });

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
const attempt = (text: string, of: CursorScope = scope): unknown => {
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

  it('needs no escaping in a URL', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(cursors.encode({ value, id: 'a' }, scope)).toMatch(/^[\w-]+\.[\w-]+$/);
      }),
    );
  });

  it('does not show the tenant or the filter', () => {
    const [text = ''] = cursor.split('.');
    expect(Buffer.from(text, 'base64url').toString()).toBe(`{"v":"Ada","id":"${position.id}"}`);
  });
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
    expect(attempt(cursor, { ...scope, ...part })).toEqual(refused);
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
    expect(attempt(cursors.encode(position, { ...scope, where }), { ...scope, where: other })).toEqual(refused);
    expect(attempt(cursors.encode(position, { ...scope, where: other }), { ...scope, where })).toEqual(refused);
  });

  it('distinguishes names whose concatenation is equal', () => {
    const encoded = cursors.encode(position, { ...scope, collection: 'a', tenantId: 'bc' });
    expect(attempt(encoded, { ...scope, collection: 'ab', tenantId: 'c' })).toEqual(refused);
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
        expect(attempt(cursor, other)).toEqual(refused);
      }),
    );
  });
});

describe('a forged cursor is refused', () => {
  it('when any bit of it differs', () => {
    for (let index = 0; index < cursor.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = String.fromCharCode(cursor.charCodeAt(index) ^ (1 << bit));
        expect(attempt(cursor.slice(0, index) + changed + cursor.slice(index + 1))).toEqual(refused);
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['a dot', '.'],
    ['no signature', cursor.slice(0, cursor.indexOf('.'))],
    ['an empty signature', cursor.slice(0, cursor.indexOf('.') + 1)],
    ['no position', cursor.slice(cursor.indexOf('.'))],
    ['a third part', `${cursor}.`],
    ['padding', `${cursor}=`],
    ['a space behind it', `${cursor} `],
    ['half of it', cursor.slice(0, cursor.length / 2)],
    ['it twice', cursor + cursor],
    ['plain JSON', JSON.stringify(position)],
    ['text that is not base64', '%%%.%%%'],
    ['text that is not Unicode', '\ud83d.\ude00'],
  ])('%s', (_, text) => {
    expect(attempt(text)).toEqual(refused);
  });

  it('always with invalid-cursor', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w-]*\.[\w-]*$/)), (text) => {
        expect(attempt(text)).toEqual(refused);
      }),
    );
  });

  it('when another secret signed it', () => {
    const others = createCursors({
      sign: (text) => createHmac('sha256', 'other').update(text).digest('base64url'),
      pack,
      unpack,
      isSame,
    });
    expect(attempt(others.encode(position, scope))).toEqual(refused);
  });
});
