import { hash } from 'node:crypto';
import { commonErrors } from '@plinth/contract-kit';
import { type Clock, type Principal } from '@plinth/data-kit';
import { type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { KeyRing } from '../keys/key-ring.ts';
import { Claims, Header, lifetimeSecondsMax, skewSeconds, tokenAlgorithm, tokenType } from './access-token.ts';
import type { Revocations } from './revocations.ts';
import { toUnauthenticated, unauthenticated } from './unauthenticated.ts';

export type TokenVerifier = {
  /**
   * Returns the principal of a token: at once when the token was verified within the last minute, else as a promise.
   * @throws `unauthenticated`, also for a revoked token, and `token-expired`.
   */
  verify(token: string): Principal | Promise<Principal>;
};

type Options = {
  readonly keys: KeyRing;
  /** The only trusted `iss`. */
  readonly issuer: string;
  /** The name of this API in `aud`. */
  readonly audience: string;
  readonly clock: Clock;
  /** Checked for every token, also for one that was verified before. */
  readonly revocations: Pick<Revocations, 'isRevoked'>;
};

type VerifiedToken = { readonly principal: Principal; readonly issuedAt: number; readonly expiresAtMs: number };

const tokenLengthMax = 8 * 1024;
const cachedTokensMax = 10_000;

/** The time for which a key can stay trusted after it has left the ring. */
const cachedMs = 60_000;

// An Ed25519 signature has 86 characters. The spare bits of the last one must be zero, so that no token has two spellings.
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/;

const toVerifiedToken = (payload: unknown): VerifiedToken => {
  const { data, error } = Claims.safeParse(payload);
  if (!data) {
    const { path = [], message = '' } = error.issues[0] ?? {};
    throw unauthenticated(`The \`${String(path[0])}\` of the token ${message}.`);
  }
  const { sub, tenantId, roles, iat, exp } = data;
  // Frozen, because the requests with one token share it.
  const principal = Object.freeze<Principal>({ kind: 'user', id: sub, tenantId, roles: Object.freeze(roles) });
  return { principal, issuedAt: iat, expiresAtMs: exp * 1000 };
};

/**
 * Returns the token of an `Authorization` header, or undefined without the header.
 * @throws `unauthenticated` for another scheme, or for anything but one space between scheme and token.
 */
export const parseBearerToken = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const [, token] = /^bearer ([^\s,]+)$/i.exec(header) ?? [];
  if (token === undefined) throw unauthenticated('The Authorization header is not `Bearer`, one space and one token.');
  return token;
};

/** Creates the verifier of access tokens: EdDSA (Ed25519) JWTs as in RFC 9068, with a tenant and roles. */
export const createTokenVerifier = ({ keys, issuer, audience, clock, revocations }: Options): TokenVerifier => {
  const now = (): number => clock.now().getTime();
  const cache = new LRUCache<string, VerifiedToken>({
    max: cachedTokensMax,
    ttl: cachedMs,
    ttlResolution: 0,
    perf: { now },
  });
  const options: JWTVerifyOptions = {
    algorithms: [tokenAlgorithm],
    typ: tokenType,
    issuer,
    audience,
    requiredClaims: ['sub', 'tenantId', 'roles', 'nbf', 'exp'],
    maxTokenAge: lifetimeSecondsMax,
    clockTolerance: skewSeconds,
  };

  const findKey: JWTVerifyGetKey = (header, token) => {
    if (Header.safeParse(header).success) return keys(header, token);
    throw unauthenticated('The header of the token must have `alg`, `typ` and `kid` and nothing else.');
  };

  const toPrincipal = ({ principal, issuedAt, expiresAtMs }: VerifiedToken): Principal => {
    // `exp` has no tolerance: a client gets a new token when it has expired.
    if (now() >= expiresAtMs) throw commonErrors.tokenExpired();
    if (!revocations.isRevoked(principal, issuedAt)) return principal;
    throw unauthenticated('The token has been revoked. Get a new token and send the request again.');
  };

  const verifyNew = async (token: string, digest: string): Promise<Principal> => {
    if (token.length > tokenLengthMax) throw unauthenticated('The token is longer than 8 KiB.');
    if (!compactForm.test(token)) throw unauthenticated('The token is not a JWT in compact form.');
    const { payload } = await jwtVerify(token, findKey, { ...options, currentDate: clock.now() }).catch((error) => {
      throw toUnauthenticated(error);
    });
    const verified = toVerifiedToken(payload);
    cache.set(digest, verified);
    return toPrincipal(verified);
  };

  return {
    verify: (token) => {
      const digest = hash('sha256', token);
      const cached = cache.get(digest);
      return cached ? toPrincipal(cached) : verifyNew(token, digest);
    },
  };
};
