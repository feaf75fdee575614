import { createTokenSigner, type TokenSubject } from '../signer.ts';
import { generateSigningKey, toPublicJwk } from '../signing-key.ts';

/** Makes tokens with a key that nobody else has. */
export type Issuer = {
  /** What makes a host trust them; who issues them and for whom is what hosts expect by default. */
  readonly settings: { readonly AUTH_JWKS: string };
  /** A token that is good for a quarter of an hour from then on; from now on, when it is left out. */
  tokenOf(subject: TokenSubject, from?: Date): Promise<string>;
};

export const anIssuer = async (): Promise<Issuer> => {
  const key = await generateSigningKey();
  return {
    settings: { AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }) },
    tokenOf: (subject, from = new Date()) =>
      createTokenSigner({ key, clock: { now: () => from }, issuer: 'plinth', audience: 'plinth-api' }).sign(subject),
  };
};
