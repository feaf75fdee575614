import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCursors } from './cursor.ts';
import { sortKeyMax, toSortKey } from './sort-key.ts';

const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
const sort = (names: readonly string[]): string[] =>
  names.toSorted((left, right) => byBytes(toSortKey(left), toSortKey(right)));

describe('toSortKey', () => {
  it.each([
    [
      ['Bob', 'Zoe', 'alice', 'Émile'],
      ['alice', 'Bob', 'Émile', 'Zoe'],
    ],
    [
      ['Łukasz', 'Mia', 'Øyvind', 'Olga', 'Paul', 'Lena'],
      ['Lena', 'Łukasz', 'Mia', 'Olga', 'Øyvind', 'Paul'],
    ],
    [
      ['Straßer', 'Strauss', 'Strasse'],
      ['Strasse', 'Straßer', 'Strauss'],
    ],
    [
      ['Ädam', 'Adam', 'adam', 'ADAM', 'Adamo'],
      ['ADAM', 'Adam', 'adam', 'Ädam', 'Adamo'],
    ],
    [
      ['Ann Zander', 'Anna Abel', 'Ann'],
      ['Ann', 'Ann Zander', 'Anna Abel'],
    ],
    [
      ['Ёлка', 'Женя', 'Ева'],
      ['Ева', 'Ёлка', 'Женя'],
    ],
    [
      ['Ａda', 'Abe'],
      ['Abe', 'Ａda'],
    ],
  ])('sorts %j as readers expect', (names, expected) => {
    expect(sort(names)).toEqual(expected);
    expect(sort(names.toReversed())).toEqual(expected);
  });

  it('orders different texts differently, unless they differ in control characters only', () => {
    const text = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        const isSame =
          left.toWellFormed().replaceAll(/\p{Cc}/gu, '') === right.toWellFormed().replaceAll(/\p{Cc}/gu, '');
        expect(toSortKey(left) === toSortKey(right)).toBe(isSame);
      }),
    );
  });

  it.each([
    ['characters of three bytes', '漢'.repeat(200)],
    ['a character that is decomposed into eighteen', '\ufdfa'.repeat(200)],
    ['characters that JSON escapes', '"'.repeat(200)],
    ['control characters', '\u0001'.repeat(200)],
    ['a longer text', 'x'.repeat(5000)],
    ['emoji', '\u{1F600}'.repeat(100)],
    ['an emoji at the limit', `x${'\u{1F600}'.repeat(100)}`],
  ])('boundary: fits into a cursor with %s', (_, text) => {
    const value = toSortKey(text);
    expect(value.length).toBeLessThanOrEqual(sortKeyMax);
    expect(value.isWellFormed()).toBe(true);
    const cursors = createCursors({
      // AES-GCM adds a nonce of 12 bytes and a tag of 16.
      encrypt: (plain) => Buffer.from(`${plain}${'x'.repeat(28)}`).toString('base64url'),
      decrypt: () => undefined,
    });
    const scope = { collection: 'users', tenantId: 'a', where: {}, sort: 'name' };
    expect(cursors.encode({ value, id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d' }, scope).length).toBeLessThan(2048);
  });
});
