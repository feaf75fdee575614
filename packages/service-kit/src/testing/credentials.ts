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

const claims = { issuer: 'plinth-test', audience: 'plinth-test-api' };

/** Creates a signing key with the signer, the verifier and the revocations of its tokens. */
export const createCredentials = async (clock: Clock) => {
  const key = await generateSigningKey();
  const keys = createKeyRing({ keys: [toPublicJwk(key)] });
  const revocations = createRevocations();
  const signer = createTokenSigner({ key, clock, ...claims });
  return {
    verifier: createTokenVerifier({ keys, clock, revocations, ...claims }),
    revocations,
    signToken: (subject: TokenSubject): Promise<string> => signer.sign(subject),
  };
};
