import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { foreignKey, key } from '../test/tokens.ts';
import { createKeyRing, PublicJwks, toPublicJwk } from './index.ts';

const good = toPublicJwk(key);
const ringOf =
  (...keys: unknown[]) =>
  () =>
    createKeyRing({ keys });
const named = `Key 1 (kid '${key.kid}') `;

it('finds a key by its exact kid and by nothing else', () => {
  const ring = createKeyRing({ keys: [good, toPublicJwk(foreignKey)] });
  expect(ring.find(key.kid)).toMatchObject({ type: 'public', algorithm: { name: 'Ed25519' }, usages: ['verify'] });
  for (const kid of ['', 'constructor', '__proto__', `${key.kid} `, key.kid.toLowerCase()]) {
    expect(ring.find(kid)).toBeUndefined();
  }
});

it('publishes the members of its keys that it knows, and no others', () => {
  const ring = createKeyRing({ keys: [{ ...good, key_ops: ['verify'], x5u: 'https://evil.example' }] });
  expect(ring.publicJwks()).toEqual({ keys: [good] });
});

describe('a key set that does not boot', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' });
  const { kid: _, ...nameless } = good;

  it.each([
    ['a private key', key, `${named}has a private part (\`d\`). Publish only its public part`],
    [
      'a symmetric key',
      { kty: 'oct', k: 'c2VjcmV0', kid: 'a', alg: 'HS256', use: 'sig' },
      "Key 1 (kid 'a') is not of the key type OKP",
    ],
    [
      'an elliptic curve key',
      { ...ec, kid: 'a', alg: 'ES256', use: 'sig' },
      "Key 1 (kid 'a') is not of the key type OKP",
    ],
    [
      'another Edwards curve',
      { ...ed448, kid: 'a', alg: 'EdDSA', use: 'sig' },
      "Key 1 (kid 'a') is not on the curve Ed25519",
    ],
    ['a key without an algorithm', { ...good, alg: undefined }, `${named}is not bound to its algorithm. Set`],
    ['a key of another algorithm', { ...good, alg: 'HS256' }, `${named}is not bound to its algorithm. Set`],
    ['a key without a use', { ...good, use: undefined }, `${named}is not bound to its use. Set`],
    ['an encryption key', { ...good, use: 'enc' }, `${named}is not bound to its use. Set`],
    ['a key without a name', nameless, 'Key 1 has no `kid`. Give it'],
    ['a name with a line break', { ...good, kid: 'a\nb' }, 'Key 1 has a `kid` that is not'],
    ['a name without end', { ...good, kid: 'a'.repeat(129) }, 'Key 1 has a `kid` that is not'],
    ['a key without its bytes', { ...good, x: undefined }, `${named}has no public part. Copy`],
    ['a truncated key', { ...good, x: good.x.slice(1) }, `${named}has an \`x\` that is not 32 bytes`],
    ['a padded key', { ...good, x: `${good.x}=` }, `${named}has an \`x\` that is not 32 bytes`],
    ['spare bits', { ...good, x: `${good.x.slice(0, -1)}B` }, `${named}has an \`x\` that is not 32 bytes`],
    ['a key that is a string', 'key', 'Key 1 is not an object. Put'],
  ])('says of %s which it is and what to do', (_, jwk, sentence) => {
    expect(ringOf(jwk)).toThrow(sentence);
  });

  it('says which of two keys with one name comes later', () => {
    expect(ringOf(good, { ...toPublicJwk(foreignKey), kid: good.kid })).toThrow(
      `Key 2 (kid '${key.kid}') has the \`kid\` of a key before it. Remove`,
    );
  });

  it.each([
    [undefined, 'It must be an object with `keys`'],
    ['{"keys":[]}', 'It must be an object with `keys`'],
    [[], 'It must be an object with `keys`'],
    [{}, '`keys` must be a list'],
    [{ keys: {} }, '`keys` must be a list'],
    [{ keys: [] }, '`keys` is empty. Add'],
  ])('says of %j what a key set looks like', (jwks, sentence) => {
    expect(() => createKeyRing(jwks)).toThrow(sentence);
  });

  it('names every unfit key at once, each once, and never quotes a private part', () => {
    try {
      createKeyRing({ keys: [key, { ...foreignKey, alg: 'none', use: 'enc' }, good, { kty: 'RSA' }] });
      expect.unreachable();
    } catch (error) {
      const { message } = error as Error;
      expect(message.split('\n')).toHaveLength(4);
      expect([message.includes(key.d), message.includes(foreignKey.d)]).toEqual([false, false]);
    }
  });
});

describe('a key under which anybody can sign', () => {
  const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);

  it.each([
    ['zero bytes', '00'.repeat(32)],
    ['zero bytes with the sign bit', `${'00'.repeat(31)}80`],
    ['the neutral element', identity.toString('hex')],
    ['the second spelling of zero', `ed${'ff'.repeat(30)}7f`],
    ['ones', `ec${'ff'.repeat(31)}`],
    ['a point of order eight', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ])('does not boot: %s', (_, hex) => {
    expect(ringOf({ ...good, x: Buffer.from(hex, 'hex').toString('base64url') })).toThrow(`${named}is a placeholder`);
  });
});

it('gives configuration a schema with the same rules', () => {
  expect(PublicJwks.safeParse({ keys: [good] }).success).toBe(true);
  expect(PublicJwks.safeParse({ keys: [key] }).success).toBe(false);
});
