import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { PublicJwks } from './public-jwks.ts';

/** Finds the public key of a token by its exact `kid`, which is an opaque name: it is never followed as a path or URL. */
export type KeyRing = JWTVerifyGetKey;

/**
 * Creates the key ring of a JSON Web Key Set.
 * @throws a `TypeError` that names each invalid key and quotes none.
 */
export const createKeyRing = (jwks: unknown): KeyRing => {
  const { data, error } = PublicJwks.safeParse(jwks);
  if (error) throw new TypeError(`The key set cannot be used.\n${z.prettifyError(error)}`);
  return createLocalJWKSet(data);
};
