import {
  createKeyRing,
  createTokenSigner,
  createTokenVerifier,
  generateSigningKey,
  type TokenSubject,
  toPublicJwk,
} from '@plinth/auth';
import type { Clock } from '@plinth/kernel';

const parties = { issuer: 'plinth-test', audience: 'plinth-test-api' };

/** A key of its own, with what verifies and what makes tokens by it. */
export const createCredentials = async (clock: Clock) => {
  const key = await generateSigningKey();
  const keys = createKeyRing({ keys: [toPublicJwk(key)] });
  const signer = createTokenSigner({ key, clock, ...parties });
  return {
    verifier: createTokenVerifier({ keys, clock, ...parties }),
    tokenOf: (subject: TokenSubject): Promise<string> => signer.sign(subject),
  };
};
