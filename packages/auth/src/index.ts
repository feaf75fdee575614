export { createKeyRing, type KeyChanges, type KeyRing } from './keys/key-ring.ts';
export { PublicJwk, PublicJwks } from './keys/public-jwks.ts';
export { generateSigningKey, PrivateJwk, toPublicJwk } from './keys/signing-key.ts';
export type { Denial } from './policy/denial.ts';
export { createPolicy, type Policy } from './policy/policy.ts';
export { createRevocations, type Revocation, type Revocations, revocationLifetimeMs } from './tokens/revocations.ts';
export { createTokenSigner, type TokenSigner, type TokenSubject } from './tokens/signer.ts';
export { Rejection, type RejectionReason, rejectionReasons } from './tokens/unauthenticated.ts';
export { createTokenVerifier, parseBearerToken, type TokenVerifier } from './tokens/verifier.ts';
