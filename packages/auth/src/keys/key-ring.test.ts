import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { foreignKey, key } from '../../test/tokens.ts';
import { createKeyRing, PublicJwks, toPublicJwk } from '../index.ts';

const good = toPublicJwk(key);
const createRing =
  (...keys: unknown[]) =>
  () =>
    createKeyRing({ keys });

const { kid: _, ...nameless } = good;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' });

it.each([
  ['a private key', key, 'must not be published: replace the key', '.d'],
  ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'a', alg: 'HS256', use: 'sig' }, 'expected "OKP"', '.kty'],
  ['an elliptic curve key', { ...ec, kid: 'a', alg: 'ES256', use: 'sig' }, 'expected "OKP"', '.kty'],
  ['another Edwards curve', { ...ed448, kid: 'a', alg: 'EdDSA', use: 'sig' }, 'expected "Ed25519"', '.crv'],
  ['a key without an algorithm', { ...good, alg: undefined }, 'expected "EdDSA"', '.alg'],
  ['a key of another algorithm', { ...good, alg: 'HS256' }, 'expected "EdDSA"', '.alg'],
  ['a key without a use', { ...good, use: undefined }, 'expected "sig"', '.use'],
  ['an encryption key', { ...good, use: 'enc' }, 'expected "sig"', '.use'],
  ['a key without a name', nameless, 'expected string', '.kid'],
  ['a name with a line break', { ...good, kid: 'a\nb' }, 'must be 1 to 128 printable characters', '.kid'],
  ['a name that is too long', { ...good, kid: 'a'.repeat(129) }, 'must be 1 to 128 printable characters', '.kid'],
  ['a key without its bytes', { ...good, x: undefined }, 'expected string', '.x'],
  ['a truncated key', { ...good, x: good.x.slice(1) }, 'must be 32 bytes', '.x'],
  ['a padded key', { ...good, x: `${good.x}=` }, 'must be 32 bytes', '.x'],
  ['spare bits', { ...good, x: `${good.x.slice(0, -1)}B` }, 'must be 32 bytes', '.x'],
  ['a key that is a string', 'key', 'expected object', ''],
])('rejects %s, and names its member', (__, jwk, words, path) => {
  expect(createRing(jwk)).toThrow(words);
  expect(createRing(jwk)).toThrow(`→ at keys[0]${path}`);
});

it.each([undefined, '{"keys":[]}', [], {}, { keys: {} }, { keys: [] }])('rejects the key set %j', (jwks) => {
  expect(() => createKeyRing(jwks)).toThrow('The key set cannot be used.');
});

it('rejects two keys with one name', () => {
  expect(createRing(good, { ...toPublicJwk(foreignKey), kid: good.kid })).toThrow('must have distinct `kid`s');
});

it('names every invalid key, and never quotes a private part', () => {
  const ring = createRing(key, { ...foreignKey, alg: 'none', use: 'enc' }, good, { kty: 'RSA' });
  expect(ring).toThrow(/keys\[0\].*keys\[1\].*keys\[3\]/s);
  for (const { d } of [key, foreignKey]) expect(ring).not.toThrow(d);
});

describe('PublicJwks', () => {
  it('gives settings the same rules, and drops unknown members', () => {
    expect(PublicJwks.parse({ keys: [{ ...good, x5u: 'https://evil.example' }] })).toEqual({ keys: [good] });
    expect(PublicJwks.safeParse({ keys: [key] }).success).toBe(false);
  });
});

describe('replace', () => {
  const other = toPublicJwk(foreignKey);

  it('names the keys that came and went', () => {
    const ring = createKeyRing({ keys: [good] });
    expect(ring.replace({ keys: [good, other] })).toEqual({ added: [other.kid], retired: [] });
    expect(ring.replace({ keys: [other] })).toEqual({ added: [], retired: [good.kid] });
    expect(ring.kids).toEqual([other.kid]);
  });

  it('retires and adds a key whose bytes have changed under the same name', () => {
    const ring = createKeyRing({ keys: [good] });
    const changes = ring.replace({ keys: [{ ...other, kid: good.kid }] });
    expect(changes).toEqual({ added: [good.kid], retired: [good.kid] });
  });

  it('changes nothing for the same keys in another order', () => {
    const ring = createKeyRing({ keys: [good, other] });
    const { current } = ring;
    expect(ring.replace({ keys: [other, good] })).toEqual({ added: [], retired: [] });
    expect(ring.current).toBe(current);
  });

  it('keeps the keys when the new set cannot be used', () => {
    const ring = createKeyRing({ keys: [good] });
    for (const invalid of [{ keys: [] }, { keys: [key] }, '', undefined]) {
      expect(() => ring.replace(invalid)).toThrow('The key set cannot be used.');
    }
    expect(ring.kids).toEqual([good.kid]);
  });
});
