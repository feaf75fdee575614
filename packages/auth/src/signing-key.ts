import { createPrivateKey, createPublicKey, generateKeyPairSync, type webcrypto } from 'node:crypto';
import { secret } from '@plinth/contract-kit';
import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';
import { Bytes32, type PublicJwk, publicShape } from './public-jwks.ts';

/** A private Ed25519 key that signs tokens. `d` is the secret. */
export const PrivateJwk = z.object(
  {
    ...publicShape,
    d: secret(
      z
        .string('has no private part. Use the private key, not the published one.')
        .regex(Bytes32, 'has a `d` that is not 32 bytes in base64url. Copy it again from where it was made.'),
    ),
  },
  'is not an object. Give a private JSON Web Key.',
);
export type PrivateJwk = z.infer<typeof PrivateJwk>;

/** Makes a new signing key; its `kid` is its RFC 7638 thumbprint. */
export const generateSigningKey = async (): Promise<PrivateJwk> => {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: String(kty), crv: String(crv), x: String(x) });
  return PrivateJwk.parse({ kid, kty, crv, alg: 'EdDSA', use: 'sig', x, d });
};

/** The half that may be published. */
export const toPublicJwk = ({ kid, kty, crv, alg, use, x }: PrivateJwk): PublicJwk => ({ kid, kty, crv, alg, use, x });

/** @throws a `TypeError` that says what is wrong with the key and quotes nothing of it. */
export const importSigningKey = (jwk: PrivateJwk): webcrypto.CryptoKey => {
  const parsed = PrivateJwk.safeParse(jwk);
  if (!parsed.success) throw new TypeError(`The signing key ${parsed.error.issues[0]?.message}`);
  const { kty, crv, x, d } = parsed.data;
  const key = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
  // Node ignores `x` here; a key with another's `x` would sign what nobody can verify.
  if (createPublicKey(key).export({ format: 'jwk' }).x !== x) {
    throw new TypeError('The signing key has the public part (`x`) of another key. Copy both parts from one key.');
  }
  return key.toCryptoKey('Ed25519', false, ['sign']);
};
