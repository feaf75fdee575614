import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aVerifier, forge, outcomeOf } from '../test/tokens.ts';

const refused = { status: 401, code: 'unauthenticated', detail: expect.stringMatching(/^The .*\.$/) };
const good = forge();

// One for all: only successes are remembered, and there are none here.
const verifier = aVerifier();
const expectRefused = async (token: string) => expect(await outcomeOf(verifier, token)).toEqual(refused);

describe('any change at all', { timeout: 30_000 }, () => {
  const position = fc.nat({ max: good.length - 1 });
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const character = fc.oneof(
    fc.constantFrom(...alphabet.split('')),
    fc.constantFrom('.', '=', '+', '/', ' ', '\n', '\t', '\0'),
    fc.string({ minLength: 1, maxLength: 1 }),
  );

  it('refuses every other last character of every part, also those that differ in spare bits alone', async () => {
    const ends = [good.indexOf('.') - 1, good.lastIndexOf('.') - 1, good.length - 1];
    const others = (at: number) =>
      alphabet
        .split('')
        .filter((other) => other !== good[at])
        .map((other) => good.slice(0, at) + other + good.slice(at + 1));
    await Promise.all(ends.flatMap(others).map(expectRefused));
  });

  it('refuses a token with one character replaced', () =>
    fc.assert(
      fc.asyncProperty(position, character, async (at, other) => {
        fc.pre(good[at] !== other);
        await expectRefused(good.slice(0, at) + other + good.slice(at + 1));
      }),
      { numRuns: 1000 },
    ));

  it('refuses a token with one character more or less', () =>
    fc.assert(
      fc.asyncProperty(position, character, async (at, other) => {
        await expectRefused(good.slice(0, at) + other + good.slice(at));
        await expectRefused(good.slice(0, at) + good.slice(at + 1));
      }),
      { numRuns: 500 },
    ));

  it('refuses a token with one bit of any part flipped', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2), fc.nat(), fc.nat({ max: 7 }), async (part, at, bit) => {
        const parts = good.split('.');
        const bytes = Buffer.from(parts[part] ?? '', 'base64url');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        parts[part] = bytes.toString('base64url');
        await expectRefused(parts.join('.'));
      }),
      { numRuns: 500 },
    ));

  it('quotes nothing of what it refuses', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ minLength: 6 }), async (text) => {
        const tokens = [text, forge({ header: { kid: text } }), forge({ header: { [text]: text } })];
        tokens.push(
          forge({ header: text }),
          forge({ claims: text }),
          forge({ claims: { iss: text, roles: [text, 1] } }),
        );
        for (const outcome of await Promise.all(tokens.map((token) => outcomeOf(verifier, token)))) {
          expect(outcome).toEqual(refused);
          // Words of ours may occur in a token too; a chance string of six characters does not occur in ours.
          expect(JSON.stringify(outcome)).not.toContain(text);
        }
      }),
      { numRuns: 200 },
    ));
});
