/** Compile-time promises: each line below `@ts-expect-error` must not compile. */
import type { Policy, PrivateJwk, PublicJwk, TokenSigner, TokenVerifier } from './index.ts';

declare const verifier: TokenVerifier;
declare const signer: TokenSigner;
declare const policy: Policy;
declare const privateJwk: PrivateJwk;

// @ts-expect-error -- a verified token answers at once, so there is not always a promise
verifier.verify('token').then(() => undefined);
// @ts-expect-error -- nor is there always a principal
export const { tenantId } = verifier.verify('token');
// @ts-expect-error -- a token without a tenant
signer.sign({ id: 'a', roles: [] });
// @ts-expect-error -- a private key where a public one is published
export const published: PublicJwk = privateJwk;
// @ts-expect-error -- a permission is named '<domain>:<verb>'
policy.assertKnown({ policy: 'write' });
// @ts-expect-error -- a call without its route's policy
policy.allows({ kind: 'user', id: 'a', tenantId: 'b', roles: [] }, undefined, {});
