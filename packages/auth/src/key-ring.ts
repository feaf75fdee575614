import { createPublicKey, type webcrypto } from 'node:crypto';
import { z } from 'zod';
import { PublicJwk, PublicJwks } from './public-jwks.ts';

/** The public keys that tokens may be signed with. Several at once are a rotation. */
export type KeyRing = {
  /** By the exact `kid`, which is nothing but a name: no path, no URL, never followed. */
  find(kid: string): webcrypto.CryptoKey | undefined;
  /** What a JWKS endpoint publishes. */
  publicJwks(): PublicJwks;
};

const nameOf = (jwks: unknown, index: number): string => {
  const keys = (jwks as { readonly keys: readonly unknown[] }).keys;
  const kid = z.object({ kid: PublicJwk.shape.kid }).safeParse(keys[index]);
  return kid.success ? `Key ${index + 1} (kid '${kid.data.kid}')` : `Key ${index + 1}`;
};

/** One sentence a key, for the first thing that is wrong with it. */
const sentencesOf = (error: z.ZodError, jwks: unknown): string[] => {
  const sentences = new Map<PropertyKey | undefined, string>();
  for (const { path, message } of error.issues) {
    const [, index] = path;
    if (sentences.has(index)) continue;
    sentences.set(index, typeof index === 'number' ? `${nameOf(jwks, index)} ${message}` : message);
  }
  return [...sentences.values()];
};

const importKey = ({ kty, crv, x }: PublicJwk): webcrypto.CryptoKey =>
  createPublicKey({ key: { kty, crv, x }, format: 'jwk' }).toCryptoKey('Ed25519', true, ['verify']);

/**
 * Makes the key ring from a JSON Web Key Set, once, at boot.
 * @throws a `TypeError` that names each unfit key and the remedy, and quotes nothing but its `kid`.
 */
export const createKeyRing = (jwks: unknown): KeyRing => {
  const parsed = PublicJwks.safeParse(jwks);
  if (!parsed.success) {
    throw new TypeError(['The key set cannot be used.', ...sentencesOf(parsed.error, jwks)].join('\n'));
  }
  const keys = new Map(parsed.data.keys.map((key) => [key.kid, importKey(key)]));
  return { find: (kid) => keys.get(kid), publicJwks: () => parsed.data };
};
