/** Each statement below `@ts-expect-error` must not compile. */
import type { Policy, PrivateJwk, PublicJwk, TokenSigner, TokenVerifier } from './index.ts';

declare const verifier: TokenVerifier;
declare const signer: TokenSigner;
declare const policy: Policy;
declare const privateJwk: PrivateJwk;

// @ts-expect-error -- a verified token returns no promise
verifier.verify('token').then(() => undefined);
// @ts-expect-error -- a new token returns a promise
export const { tenantId } = verifier.verify('token');
// @ts-expect-error -- a token needs a tenant
signer.sign({ id: 'a', roles: [] });
// @ts-expect-error -- a private key may not be published
export const published: PublicJwk = privateJwk;
// @ts-expect-error -- a permission is named '<domain>:<verb>'
policy.assertDeclared({ policy: 'write' });
// @ts-expect-error -- a decision needs the policy of the route
policy.findDenial({ kind: 'user', id: 'a', tenantId: 'b', roles: [] }, undefined, {});
