import { PrivateJwk, PublicJwks } from '@plinth/auth';
import { json } from '@plinth/config';

/** The key with which a worker signs the audit trail. */
export const signingSettings = {
  // No example: checkpoints by the key of an example would prove nothing.
  AUDIT_SIGNING_KEY: json(PrivateJwk, 'a private Ed25519 key as a JSON Web Key, with kid, alg "EdDSA" and use "sig"')
    .optional()
    .meta({
      description: 'The private key that signs the audit trail. A worker that writes it does not start without one.',
    }),
};

/** The keys by which `npm run audit -- verify` checks the signatures. */
export const verificationSettings = {
  ...signingSettings,
  AUDIT_PUBLIC_KEYS: json(PublicJwks, 'a JSON Web Key Set of public Ed25519 keys').optional().meta({
    description: 'The public keys of the audit trail: of AUDIT_SIGNING_KEY where it is not set, and of earlier keys.',
  }),
};
