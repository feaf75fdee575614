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

const parties = { issuer: 'plinth-test', audience: 'plinth-test-api' };

/** A key of its own, with what verifies, what revokes and what makes tokens by it. */
export const createCredentials = async (clock: Clock) => {
  const key = await generateSigningKey();
  const keys = createKeyRing({ keys: [toPublicJwk(key)] });
  const revocations = createRevocations({ clock });
  const signer = createTokenSigner({ key, clock, ...parties });
  return {
    verifier: createTokenVerifier({ keys, clock, revocations, ...parties }),
    revocations,
    createToken: (subject: TokenSubject): Promise<string> => signer.sign(subject),
  };
};
