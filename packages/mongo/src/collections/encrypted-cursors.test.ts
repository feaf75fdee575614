import { randomBytes } from 'node:crypto';
import type { CursorScope } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { createEncryptedCursors } from './encrypted-cursors.ts';

const cursors = createEncryptedCursors(['the secret of these tests']);
const position = { value: 'Ada Lovelace', id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d' };
const scope: CursorScope = { collection: 'users', tenantId: 'acme', where: { role: 'member' }, sort: 'name' };
const cursor = cursors.encode(position, scope);

const refused = expect.objectContaining({ name: 'ApiError', code: 'invalid-cursor', status: 400 });
const decodeOrError = (text: string, reader = cursors): unknown => {
  try {
    return reader.decode(text, scope);
  } catch (error) {
    return error;
  }
};

const toBase64Url = (text: string): string => Buffer.from(text).toString('base64url');

describe('an encrypted cursor', () => {
  it.each(['', 'two\nlines', '漢\u{1F600}', '\ud83d', 'x'.repeat(2000)])(
    'decodes to its position, with the value %j',
    (value) => {
      expect(cursors.decode(cursors.encode({ value, id: position.id }, scope), scope)).toEqual({
        value,
        id: position.id,
      });
    },
  );

  it('shows neither its position nor its list, and differs each time', () => {
    const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
    for (const hidden of ['Ada', 'Lovelace', position.id, 'acme', 'users', 'member', '"v"']) {
      expect(bytes).not.toContain(hidden);
      expect(cursor).not.toContain(toBase64Url(hidden));
    }
    expect(cursors.encode(position, scope)).not.toBe(cursor);
  });

  it('needs no escaping in a URL', () => {
    expect(cursor).toMatch(/^[\w-]+$/);
  });

  it('is refused when any bit of it differs', () => {
    for (let index = 0; index < cursor.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = String.fromCharCode(cursor.charCodeAt(index) ^ (1 << bit));
        expect(decodeOrError(cursor.slice(0, index) + changed + cursor.slice(index + 1))).toEqual(refused);
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['a nonce and a tag without a text', toBase64Url('x'.repeat(28))],
    ['less than a nonce and a tag', toBase64Url('x'.repeat(27))],
    ['a signed cursor of an earlier version', `${toBase64Url('{"v":"Ada","id":"a"}')}.${'s'.repeat(43)}`],
    ['padding', `${cursor}=`],
    ['a space behind it', `${cursor} `],
    ['a line break in it', `${cursor.slice(0, 8)}\n${cursor.slice(8)}`],
    ['half of it', cursor.slice(0, cursor.length / 2)],
    ['it twice', cursor + cursor],
    ['plain JSON', JSON.stringify(position)],
    ['text that is not Unicode', '\ud83d.\ude00'],
  ])('is refused: %s', (_, text) => {
    expect(decodeOrError(text)).toEqual(refused);
  });

  it('is refused with the same error when it is random', () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = randomBytes(length);
      for (const text of [bytes.toString('base64url'), bytes.toString('latin1')])
        expect(decodeOrError(text)).toEqual(refused);
    }
  });
});

describe('a rotation of the secret', () => {
  const [before, after] = ['the previous secret', 'the current secret'] as const;
  const rotating = createEncryptedCursors([after, before]);

  it('keeps the cursors of the previous secret valid, and encrypts new ones with the current secret', () => {
    expect(decodeOrError(createEncryptedCursors([before]).encode(position, scope), rotating)).toEqual(position);
    const newCursor = rotating.encode(position, scope);
    expect(decodeOrError(newCursor, createEncryptedCursors([after]))).toEqual(position);
    expect(decodeOrError(newCursor, createEncryptedCursors([before]))).toEqual(refused);
  });

  it('ends when the previous secret is removed', () => {
    const old = createEncryptedCursors([before]).encode(position, scope);
    expect(decodeOrError(old, createEncryptedCursors([after]))).toEqual(refused);
  });

  it('begins without a refusal: instances accept the cursors of the next secret before they use it', () => {
    const first = createEncryptedCursors([before, after]);
    expect(decodeOrError(rotating.encode(position, scope), first)).toEqual(position);
    expect(decodeOrError(first.encode(position, scope), rotating)).toEqual(position);
  });
});
