import type { Clock, Principal } from '@plinth/data-kit';
import { SignJWT } from 'jose';
import type { PrivateJwk } from '../keys/signing-key.ts';
import { Claims, lifetimeSecondsMax, tokenAlgorithm, tokenType } from './access-token.ts';

/** The user that a token names. */
export type TokenSubject = Pick<Principal, 'id' | 'tenantId' | 'roles' | 'identityId' | 'sessionId'>;

export type TokenSigner = {
  /** @throws an error for a subject that every verifier would reject. */
  sign(subject: TokenSubject): Promise<string>;
};

type Options = {
  readonly key: PrivateJwk;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
};

/** Creates a signer of access tokens that `createTokenVerifier` accepts for fifteen minutes. */
export const createTokenSigner = ({ key, issuer, audience, clock }: Options): TokenSigner => ({
  sign: async ({ id, tenantId, roles, identityId, sessionId }) => {
    const iat = Math.floor(clock.now().getTime() / 1000);
    const claims = Claims.parse({
      aud: audience,
      sub: id,
      tenantId,
      roles,
      identityId,
      sessionId,
      iat,
      nbf: iat,
      exp: iat + lifetimeSecondsMax,
    });
    return new SignJWT({ iss: issuer, ...claims })
      .setProtectedHeader({ alg: tokenAlgorithm, typ: tokenType, kid: key.kid })
      .sign(key);
  },
});
