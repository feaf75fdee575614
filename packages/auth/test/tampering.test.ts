import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestVerifier, createToken, verifyOrError } from './tokens.ts';

const rejected = { status: 401, code: 'unauthenticated', detail: expect.stringMatching(/^The .*\.$/) };
const good = createToken();

// Shared, because only verified tokens are cached.
const verifier = createTestVerifier();
const expectRejected = async (token: string) => expect(await verifyOrError(verifier, token)).toEqual(rejected);

describe('any change of a token', { timeout: 30_000 }, () => {
  const position = fc.nat({ max: good.length - 1 });
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
  const character = fc.oneof(
    fc.constantFrom(...alphabet),
    fc.constantFrom('.', '=', '+', '/', ' ', '\n', '\t', '\0'),
    fc.string({ minLength: 1, maxLength: 1 }),
  );
  const replace = (index: number, other: string) => good.slice(0, index) + other + good.slice(index + 1);

  it('is rejected at the last character of every part, even when it changes spare bits alone', async () => {
    const ends = [good.indexOf('.') - 1, good.lastIndexOf('.') - 1, good.length - 1];
    const changed = ends.flatMap((end) =>
      alphabet.filter((other) => other !== good[end]).map((other) => replace(end, other)),
    );
    await Promise.all(changed.map(expectRejected));
  });

  it('is rejected when one character is replaced, added or removed', () =>
    fc.assert(
      fc.asyncProperty(position, character, async (index, other) => {
        if (good[index] !== other) await expectRejected(replace(index, other));
        await expectRejected(good.slice(0, index) + other + good.slice(index));
        await expectRejected(replace(index, ''));
      }),
      { numRuns: 1000 },
    ));

  it('is rejected when one bit of any part is flipped', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2), fc.nat(), fc.nat({ max: 7 }), async (part, offset, bit) => {
        const parts = good.split('.');
        const bytes = Buffer.from(parts[part] ?? '', 'base64url');
        const index = offset % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        parts[part] = bytes.toString('base64url');
        await expectRejected(parts.join('.'));
      }),
      { numRuns: 500 },
    ));

  it('is rejected with an error that quotes nothing of the token', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ minLength: 6 }), async (text) => {
        const tokens = [
          text,
          createToken({ header: { kid: text } }),
          createToken({ header: { [text]: text } }),
          createToken({ header: text }),
          createToken({ claims: text }),
          createToken({ claims: { iss: text, roles: [text, 1] } }),
        ];
        for (const result of await Promise.all(tokens.map((token) => verifyOrError(verifier, token)))) {
          expect(result).toEqual(rejected);
          // A random text of six characters does not occur in the sentences by chance.
          expect(JSON.stringify(result)).not.toContain(text);
        }
      }),
      { numRuns: 200 },
    ));
});
