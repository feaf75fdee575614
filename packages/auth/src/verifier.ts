import { hash } from 'node:crypto';
import type { Clock, Principal } from '@plinth/data-kit';
import { compactVerify, errors } from 'jose';
import { createClaimsReader, type Verified } from './claims.ts';
import type { KeyRing } from './key-ring.ts';
import { parseToken, tokenLengthMax } from './parse-token.ts';
import { refusal } from './refusal.ts';
import type { Revocations } from './revocations.ts';
import { createVerifiedTokens } from './verified-tokens.ts';

export type TokenVerifier = {
  /**
   * Whom the token names. At once when the token was verified within the last minute, else as a promise.
   * What needs no signature to be refused is thrown at once as well, so callers handle both ways of failing.
   * @param connection what the token came over: one that brings the same token again has it hashed only once.
   * @throws `unauthenticated`, also for a token that was revoked; `token-expired` for one that was good once.
   */
  verify(token: string, connection?: object): Principal | Promise<Principal>;
};

type Options = {
  readonly keys: KeyRing;
  /** The only `iss` that is trusted, compared exactly. */
  readonly issuer: string;
  /** What this API is called in `aud`, compared exactly. */
  readonly audience: string;
  readonly clock: Clock;
  /** Asked for every token, also for those that were verified before. */
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly cache?: { readonly entriesMax?: number };
};

/** Makes what hashes a token; of one that its connection has brought before, the hash is known. */
const createDigests = () => {
  // The token itself is kept, but no longer than the connection lasts.
  const brought = new WeakMap<object, { readonly token: string; readonly digest: string }>();
  return (token: string, connection: object | undefined): string => {
    const last = connection && brought.get(connection);
    if (last?.token === token) return last.digest;
    const digest = hash('sha256', token);
    if (connection) brought.set(connection, { token, digest });
    return digest;
  };
};

/** Makes the verifier of access tokens: EdDSA (Ed25519) JWTs as in RFC 9068, with a tenant and roles. */
export const createTokenVerifier = ({ keys, issuer, audience, clock, revocations, cache }: Options): TokenVerifier => {
  const claims = createClaimsReader({ issuer, audience });
  const verifiedTokens = createVerifiedTokens({ clock, entriesMax: cache?.entriesMax ?? 10_000 });

  const digestOf = createDigests();

  const assertSigned = async (token: string, key: NonNullable<ReturnType<KeyRing['find']>>): Promise<Uint8Array> => {
    try {
      const { payload } = await compactVerify(token, key, { algorithms: ['EdDSA'] });
      return payload;
    } catch (error) {
      throw error instanceof errors.JOSEError
        ? refusal('The signature of the token does not match its content and its key.', error)
        : error;
    }
  };

  const admit = ({ principal, issuedAtSeconds }: Verified): Principal => {
    if (!revocations.isRevoked(principal, issuedAtSeconds)) return principal;
    throw refusal('The token was revoked after it had been issued. Get a new token and send the request again.');
  };

  const verifyNow = (token: string, digest: string): Promise<Principal> => {
    const { kid } = parseToken(token);
    const key = keys.find(kid);
    if (!key) throw refusal('The key that the token names (`kid`) is not one that this API trusts.');
    return assertSigned(token, key).then((payload) => {
      const verified = claims.read(payload, clock.now());
      verifiedTokens.keep(digest, verified);
      return admit(verified);
    });
  };

  return {
    verify: (token, connection) => {
      if (token.length > tokenLengthMax) throw refusal('The token is longer than 8 KiB.');
      const digest = digestOf(token, connection);
      const verified = verifiedTokens.find(digest);
      return verified ? admit(verified) : verifyNow(token, digest);
    },
  };
};
