import type { Clock, Principal } from '@plinth/data-kit';
import { SignJWT } from 'jose';
import { createClaimsReader, lifetimeSecondsMax } from './claims.ts';
import { importSigningKey, type PrivateJwk } from './signing-key.ts';

/** Whom a token is for. */
export type TokenSubject = Pick<Principal, 'id' | 'tenantId' | 'roles'>;

export type TokenSigner = {
  /** @throws a `TypeError` for a subject that no verifier would accept. */
  sign(subject: TokenSubject): Promise<string>;
};

type Options = {
  readonly key: PrivateJwk;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
  /** At most 900, which is the default. */
  readonly lifetimeSeconds?: number;
};

/** Makes the signer of access tokens: what it signs, `createTokenVerifier` accepts. */
export const createTokenSigner = (options: Options): TokenSigner => {
  const { issuer, audience, clock, lifetimeSeconds = lifetimeSecondsMax } = options;
  if (!Number.isSafeInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > lifetimeSecondsMax) {
    throw new RangeError(`A token lives 1 to ${lifetimeSecondsMax} seconds. Choose a whole number between them.`);
  }
  const claims = createClaimsReader({ issuer, audience });
  const key = importSigningKey(options.key);
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: options.key.kid };

  return {
    sign: async ({ id, tenantId, roles }) => {
      const iat = Math.floor(clock.now().getTime() / 1000);
      const times = { iat, nbf: iat, exp: iat + lifetimeSeconds };
      const payload = { iss: issuer, aud: audience, sub: id, tenantId, roles: [...roles], ...times };
      try {
        claims.check(payload);
      } catch (cause) {
        throw new TypeError(`Such a token would be refused. ${cause instanceof Error ? cause.message : ''}`, { cause });
      }
      return new SignJWT(payload).setProtectedHeader(header).sign(key);
    },
  };
};
