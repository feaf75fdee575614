import { generateSigningKey, toPublicJwk } from '../keys/signing-key.ts';
import { createTokenSigner, type TokenSubject } from '../tokens/signer.ts';

/** Signs tokens with its own key. */
export type Issuer = {
  /** The settings of a host that trusts this issuer; its name and audience are the defaults of every host. */
  readonly settings: { readonly AUTH_JWKS: string };
  /** Returns a token that is valid for fifteen minutes from `from`, or from now. */
  createToken(subject: TokenSubject, from?: Date): Promise<string>;
};

export const createTestIssuer = async (): Promise<Issuer> => {
  const key = await generateSigningKey();
  return {
    settings: { AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }) },
    createToken: (subject, from = new Date()) =>
      createTokenSigner({ key, clock: { now: () => from }, issuer: 'plinth', audience: 'plinth-api' }).sign(subject),
  };
};
