export { bearerToken } from './bearer-token.ts';
export type { Explanation } from './explain.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export type { PermissionRow } from './permission-table.ts';
export { createPolicy, type Policy } from './policy.ts';
export { PublicJwk, PublicJwks } from './public-jwks.ts';
export { createTokenSigner, type TokenSigner, type TokenSubject } from './signer.ts';
export { generateSigningKey, PrivateJwk, toPublicJwk } from './signing-key.ts';
export { createTokenVerifier, type TokenVerifier } from './verifier.ts';
