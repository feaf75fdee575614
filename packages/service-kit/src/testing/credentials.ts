import {
  createKeyRing,
  createRevocations,
  createTokenSigner,
  createTokenVerifier,
  generateSigningKey,
  type TokenSubject,
  toPublicJwk,
} from '@plinth/auth';
import type { Clock } from '@plinth/data-kit';
import { createIssuedKeys } from '../issued-keys.ts';

/** The issuer and the audience of the tokens of tests. */
export const claims = { issuer: 'plinth-test', audience: 'plinth-test-api' };

/** Creates a signing key with the signer, the verifier and the revocations of its tokens. */
export const createCredentials = async (clock: Clock) => {
  const key = await generateSigningKey();
  const keys = createKeyRing({ keys: [toPublicJwk(key)] });
  const issuedKeys = createIssuedKeys(keys);
  const revocations = createRevocations();
  const signer = createTokenSigner({ key, clock, ...claims });
  return {
    verifier: createTokenVerifier({ keys, refreshKeys: issuedKeys.refresh, clock, revocations, ...claims }),
    issuedKeys,
    revocations,
    signToken: (subject: TokenSubject): Promise<string> => signer.sign(subject),
  };
};
