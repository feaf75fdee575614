import { secret } from '@plinth/contract-kit';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { Bytes32, type PublicJwk, publicShape } from './public-jwks.ts';

/** A private Ed25519 key that signs tokens. `d` is the secret. */
export const PrivateJwk = z.object({ ...publicShape, d: secret(Bytes32) });
export type PrivateJwk = z.infer<typeof PrivateJwk>;

/** Generates a signing key; its `kid` is its RFC 7638 thumbprint. */
export const generateSigningKey = async (): Promise<PrivateJwk> => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return PrivateJwk.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA', use: 'sig' });
};

/** Returns the half that may be published. */
export const toPublicJwk = ({ kid, kty, crv, alg, use, x }: PrivateJwk): PublicJwk => ({ kid, kty, crv, alg, use, x });
