import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { foreignKey, key } from '../../test/tokens.ts';
import { createKeyRing, PublicJwks, toPublicJwk } from '../index.ts';

const valid = toPublicJwk(key);
const createRing =
  (...keys: unknown[]) =>
  () =>
    createKeyRing({ keys });

const { kid: _, ...withoutKid } = valid;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' });

it.each([
  ['a private key', key, 'must not be published: replace the key', '.d'],
  ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'a', alg: 'HS256', use: 'sig' }, 'expected "OKP"', '.kty'],
  ['an elliptic curve key', { ...ec, kid: 'a', alg: 'ES256', use: 'sig' }, 'expected "OKP"', '.kty'],
  ['another Edwards curve', { ...ed448, kid: 'a', alg: 'EdDSA', use: 'sig' }, 'expected "Ed25519"', '.crv'],
  ['a key without an algorithm', { ...valid, alg: undefined }, 'expected "EdDSA"', '.alg'],
  ['a key of another algorithm', { ...valid, alg: 'HS256' }, 'expected "EdDSA"', '.alg'],
  ['a key without a use', { ...valid, use: undefined }, 'expected "sig"', '.use'],
  ['an encryption key', { ...valid, use: 'enc' }, 'expected "sig"', '.use'],
  ['a key without a name', withoutKid, 'expected string', '.kid'],
  ['a name with a line break', { ...valid, kid: 'a\nb' }, 'must be 1 to 128 printable characters', '.kid'],
  ['a name that is too long', { ...valid, kid: 'a'.repeat(129) }, 'must be 1 to 128 printable characters', '.kid'],
  ['a key without its bytes', { ...valid, x: undefined }, 'expected string', '.x'],
  ['a truncated key', { ...valid, x: valid.x.slice(1) }, 'must be 32 bytes', '.x'],
  ['a padded key', { ...valid, x: `${valid.x}=` }, 'must be 32 bytes', '.x'],
  ['spare bits', { ...valid, x: `${valid.x.slice(0, -1)}B` }, 'must be 32 bytes', '.x'],
  ['a key that is a string', 'key', 'expected object', ''],
])('rejects %s, and names its member', (__, jwk, words, path) => {
  expect(createRing(jwk)).toThrow(words);
  expect(createRing(jwk)).toThrow(`→ at keys[0]${path}`);
});

it.each([undefined, '{"keys":[]}', [], {}, { keys: {} }, { keys: [] }])('rejects the key set %j', (jwks) => {
  expect(() => createKeyRing(jwks)).toThrow('The key set cannot be used.');
});

it('rejects two keys with one name', () => {
  expect(createRing(valid, { ...toPublicJwk(foreignKey), kid: valid.kid })).toThrow('must have distinct `kid`s');
});

it('names every invalid key, and never quotes a private part', () => {
  const ring = createRing(key, { ...foreignKey, alg: 'none', use: 'enc' }, valid, { kty: 'RSA' });
  expect(ring).toThrow(/keys\[0\].*keys\[1\].*keys\[3\]/s);
  for (const { d } of [key, foreignKey]) expect(ring).not.toThrow(d);
});

describe('PublicJwks', () => {
  it('gives settings the same rules, and drops unknown members', () => {
    expect(PublicJwks.parse({ keys: [{ ...valid, x5u: 'https://evil.example' }] })).toEqual({ keys: [valid] });
    expect(PublicJwks.safeParse({ keys: [key] }).success).toBe(false);
  });
});

describe('replace', () => {
  const other = toPublicJwk(foreignKey);

  it('returns the names of the added and the retired keys', () => {
    const ring = createKeyRing({ keys: [valid] });
    expect(ring.replace({ keys: [valid, other] })).toEqual({ added: [other.kid], retired: [] });
    expect(ring.replace({ keys: [other] })).toEqual({ added: [], retired: [valid.kid] });
    expect(ring.kids).toEqual([other.kid]);
  });

  it('retires and adds a key whose bytes have changed under the same name', () => {
    const ring = createKeyRing({ keys: [valid] });
    const changes = ring.replace({ keys: [{ ...other, kid: valid.kid }] });
    expect(changes).toEqual({ added: [valid.kid], retired: [valid.kid] });
  });

  it('changes nothing for the same keys in another order', () => {
    const ring = createKeyRing({ keys: [valid, other] });
    const { current } = ring;
    expect(ring.replace({ keys: [other, valid] })).toEqual({ added: [], retired: [] });
    expect(ring.current).toBe(current);
  });

  it('keeps the keys when the new set cannot be used', () => {
    const ring = createKeyRing({ keys: [valid] });
    for (const invalid of [{ keys: [] }, { keys: [key] }, '', undefined]) {
      expect(() => ring.replace(invalid)).toThrow('The key set cannot be used.');
    }
    expect(ring.kids).toEqual([valid.kid]);
  });
});

describe('the keys of the own issuer', () => {
  const issued = toPublicJwk(foreignKey);

  it('are trusted beside those of the key set, also after it was replaced, until others come', () => {
    const ring = createKeyRing({ keys: [valid] });
    expect(ring.replaceIssued([issued])).toEqual({ added: [issued.kid], retired: [] });
    expect(ring.replace({ keys: [{ ...valid, kid: 'next' }] })).toEqual({ added: ['next'], retired: [valid.kid] });
    expect(ring.kids).toEqual(['next', issued.kid]);
    expect(ring.replaceIssued([])).toEqual({ added: [], retired: [issued.kid] });
  });

  it('integrity: replace no key of the key set that has the same name', () => {
    const ring = createKeyRing({ keys: [valid] });
    const { current } = ring;
    expect(ring.replaceIssued([{ ...issued, kid: valid.kid }])).toEqual({ added: [], retired: [] });
    expect(ring.current).toBe(current);
  });
});
