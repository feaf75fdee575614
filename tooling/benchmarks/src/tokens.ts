import { createTokenSigner, generateSigningKey, type PublicJwk, toPublicJwk } from '@plinth/auth';

export type Tokens = {
  readonly key: PublicJwk;
  /** A token of a person of the tenant that is good for another ten minutes. */
  current(): Promise<string>;
};

const renewAfterMs = 5 * 60_000;

/** Signs with a key that nobody else has. */
export const createTokens = async (person: { readonly id: string; readonly tenantId: string }): Promise<Tokens> => {
  const key = await generateSigningKey();
  const clock = { now: () => new Date() };
  const signer = createTokenSigner({ key, clock, issuer: 'plinth', audience: 'plinth-api' });
  let token: Promise<string> | undefined;
  let signedAt = Number.NEGATIVE_INFINITY;
  return {
    key: toPublicJwk(key),
    current: () => {
      if (!token || performance.now() - signedAt > renewAfterMs) {
        signedAt = performance.now();
        token = signer.sign({ ...person, roles: ['member'] });
      }
      return token;
    },
  };
};
