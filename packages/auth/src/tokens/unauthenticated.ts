import { type ApiError, commonErrors } from '@plinth/contract-kit';
import { errors } from 'jose';

/** Creates a 401. `detail` is public and must quote nothing of a credential. */
export const unauthenticated = (detail: string): ApiError => commonErrors.unauthenticated({ detail });

const details: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'The token is not signed with EdDSA.',
  ERR_JWKS_NO_MATCHING_KEY: 'The token names a key (`kid`) that this API does not trust.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the token is not valid.',
};

/** Returns the 401 for an error of jose, and any other error unchanged, because an internal error must not become a 401. */
export const toUnauthenticated = (error: unknown): unknown => {
  if (!(error instanceof errors.JOSEError)) return error;
  if (error instanceof errors.JWTExpired) return commonErrors.tokenExpired();
  // `claim` is a name from the options of the verifier, never one from the token.
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(`The \`${error.claim}\` of the token is missing or is not valid for this API.`);
  }
  return unauthenticated(details[error.code] ?? 'The token is not a JWT in compact form.');
};
