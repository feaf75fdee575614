import { hash } from 'node:crypto';
import type { Clock, Principal } from '@plinth/data-kit';
import { decodeProtectedHeader, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { KeyRing } from '../keys/key-ring.ts';
import { publicShape } from '../keys/public-jwks.ts';
import { Claims, Header, lifetimeSecondsMax, skewSeconds, tokenAlgorithm, tokenType } from './access-token.ts';
import type { Revocations } from './revocations.ts';
import { expired, Rejection, toUnauthenticated, unauthenticated } from './unauthenticated.ts';

export type TokenVerifier = {
  /**
   * Returns the principal of a token: directly when the token was verified within the last minute, else as a promise.
   * @throws `unauthenticated`, which includes revoked tokens, and `token-expired`.
   */
  verify(token: string): Principal | Promise<Principal>;
};

type Options = {
  readonly keys: Pick<KeyRing, 'current'>;
  /** Looks up the keys again for a token whose key is unknown. Returns false when that was done a moment ago. */
  readonly refreshKeys?: (() => Promise<boolean>) | undefined;
  /** The only trusted `iss`. */
  readonly issuer: string;
  /** The name of this API in `aud`. */
  readonly audience: string;
  readonly clock: Clock;
  /** Checked for every token, even for one that was verified before. */
  readonly revocations: Pick<Revocations, 'isRevoked'>;
};

type VerifiedToken = {
  readonly principal: Principal;
  readonly issuedAt: number;
  readonly expiresAtMs: number;
  readonly kid: string | undefined;
  /** The keys that it was verified with. */
  readonly keys: JWTVerifyGetKey;
};

const tokenLengthMax = 8 * 1024;
const cachedTokensMax = 10_000;

const cachedMs = 60_000;

// An Ed25519 signature has 86 characters. The spare bits of the last one must be zero, so that no token has two spellings.
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/;

/** Returns the name of the key in the header of any token, if it can be one. */
const findKid = (token: string): string | undefined => {
  try {
    return publicShape.kid.safeParse(decodeProtectedHeader(token).kid).data;
  } catch {
    return undefined;
  }
};

const toVerifiedToken = (payload: unknown, { kid, keys }: Pick<VerifiedToken, 'kid' | 'keys'>): VerifiedToken => {
  const { data, error } = Claims.safeParse(payload);
  if (!data) {
    const { path = [], message = '' } = error.issues[0] ?? {};
    throw unauthenticated(`The \`${String(path[0])}\` of the token ${message}.`, new Rejection('claims', kid));
  }
  const { sub, tenantId, roles, identityId, sessionId, iat, exp } = data;
  // Frozen, because the requests with one token share it.
  const principal = Object.freeze<Principal>({
    kind: 'user',
    id: sub,
    tenantId,
    roles: Object.freeze(roles),
    ...(identityId !== undefined && { identityId }),
    ...(sessionId !== undefined && { sessionId }),
  });
  return { principal, issuedAt: iat, expiresAtMs: exp * 1000, kid, keys };
};

/**
 * Returns the token of an `Authorization` header, or undefined without the header.
 * @throws `unauthenticated` for another scheme, or for anything but one space between scheme and token.
 */
export const parseBearerToken = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const [, token] = /^bearer ([^\s,]+)$/i.exec(header) ?? [];
  if (token === undefined) {
    const detail = 'The Authorization header is not `Bearer`, one space and one token.';
    throw unauthenticated(detail, new Rejection('malformed'));
  }
  return token;
};

const assertForm = (token: string): void => {
  const malformed = new Rejection('malformed');
  if (token.length > tokenLengthMax) throw unauthenticated('The token is longer than 8 KiB.', malformed);
  if (!compactForm.test(token)) throw unauthenticated('The token is not a JWT in compact form.', malformed);
};

/** Checks the header of a token before its key is looked up. */
const withHeaderCheck =
  (find: JWTVerifyGetKey): JWTVerifyGetKey =>
  (header, token) => {
    if (Header.safeParse(header).success) return find(header, token);
    const detail = 'The header of the token must have `alg`, `typ` and `kid` and nothing else.';
    throw unauthenticated(detail, new Rejection('malformed'));
  };

type Verify = (token: string) => Promise<VerifiedToken>;

/** Creates the check of signature and claims by the current keys. */
const createVerify = ({ keys, refreshKeys, issuer, audience, clock }: Options): Verify => {
  const options: JWTVerifyOptions = {
    algorithms: [tokenAlgorithm],
    typ: tokenType,
    issuer,
    audience,
    requiredClaims: ['sub', 'tenantId', 'roles', 'nbf', 'exp'],
    maxTokenAge: lifetimeSecondsMax,
    clockTolerance: skewSeconds,
  };
  const verify: Verify = async (token) => {
    const { current } = keys;
    const verifyOptions = { ...options, currentDate: clock.now() };
    const { payload, protectedHeader } = await jwtVerify(token, withHeaderCheck(current), verifyOptions);
    return toVerifiedToken(payload, { kid: protectedHeader.kid, keys: current });
  };
  return (token) =>
    verify(token).catch(async (cause: unknown) => {
      // A key that was added a moment ago may be unknown here.
      if (cause instanceof errors.JWKSNoMatchingKey && (await refreshKeys?.())) return verify(token);
      throw cause;
    });
};

/** Creates the verifier of access tokens: EdDSA (Ed25519) JWTs as in RFC 9068, with a tenant and roles. */
export const createTokenVerifier = (dependencies: Options): TokenVerifier => {
  const { keys, clock, revocations } = dependencies;
  const now = (): number => clock.now().getTime();
  const cache = new LRUCache<string, VerifiedToken>({
    max: cachedTokensMax,
    ttl: cachedMs,
    ttlResolution: 0,
    perf: { now },
  });
  const verify = createVerify(dependencies);

  const toPrincipal = ({ principal, issuedAt, expiresAtMs, kid }: VerifiedToken): Principal => {
    // `exp` has no tolerance: a client gets a new token when it has expired.
    if (now() >= expiresAtMs) throw expired(kid);
    if (!revocations.isRevoked(principal, issuedAt)) return principal;
    const detail = 'The token has been revoked. Get a new token and send the request again.';
    throw unauthenticated(detail, new Rejection('revoked', kid, principal));
  };

  const verifyNew = async (token: string, digest: string): Promise<Principal> => {
    assertForm(token);
    const verified = await verify(token).catch((cause: unknown) => {
      throw toUnauthenticated(cause, findKid(token));
    });
    cache.set(digest, verified);
    return toPrincipal(verified);
  };

  return {
    verify: (token) => {
      const digest = hash('sha256', token);
      const cached = cache.get(digest);
      // After a change of the keys every token is verified again, so that one of a retired key is refused immediately.
      return cached?.keys === keys.current ? toPrincipal(cached) : verifyNew(token, digest);
    },
  };
};
