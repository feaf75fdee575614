import { type ApiError, commonErrors } from '@plinth/contract-kit';
import type { Principal } from '@plinth/data-kit';
import { errors } from 'jose';

/** Every reason of a 401, for metrics and the log. */
export const rejectionReasons = [
  'no-token',
  'malformed',
  'algorithm',
  'unknown-key',
  'signature',
  'claims',
  'expired',
  'revoked',
  'suspended-user',
  'unknown-user',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];

/** Why a request was not authenticated: the cause of its 401. It contains no part of a token except the name of its key and its user. */
export class Rejection {
  readonly reason: RejectionReason;
  /** The `kid` that the token names. Unless the signature is valid, it is only a claim of the client. */
  readonly kid: string | undefined;
  /** The user of a token that was valid until it was revoked. */
  readonly user: Pick<Principal, 'tenantId' | 'id'> | undefined;

  constructor(reason: RejectionReason, kid?: string, user?: Pick<Principal, 'tenantId' | 'id'>) {
    this.reason = reason;
    this.kid = kid;
    this.user = user;
  }
}

/** Creates a 401. `detail` is public and must quote nothing of a credential. */
export const unauthenticated = (detail: string, cause: Rejection): ApiError =>
  commonErrors.unauthenticated({ detail, cause });

/** Creates the 401 of a token that has expired. */
export const expired = (kid: string | undefined): ApiError =>
  commonErrors.tokenExpired({ cause: new Rejection('expired', kid) });

const details: Readonly<Record<string, readonly [RejectionReason, string]>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: ['algorithm', 'The token is not signed with EdDSA.'],
  ERR_JWKS_NO_MATCHING_KEY: ['unknown-key', 'The token names a key (`kid`) that this API does not trust.'],
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: ['signature', 'The signature of the token is not valid.'],
};

/** Returns the 401 for an error of jose, and any other error unchanged, because an internal error must not become a 401. */
export const toUnauthenticated = (error: unknown, kid: string | undefined): unknown => {
  if (!(error instanceof errors.JOSEError)) return error;
  if (error instanceof errors.JWTExpired) return expired(kid);
  // `claim` is a name from the options of the verifier, never one from the token.
  if (error instanceof errors.JWTClaimValidationFailed) {
    const detail = `The \`${error.claim}\` of the token is missing or is not valid for this API.`;
    return unauthenticated(detail, new Rejection('claims', kid));
  }
  const [reason, detail] = details[error.code] ?? ['malformed', 'The token is not a JWT in compact form.'];
  return unauthenticated(detail, new Rejection(reason, kid));
};
