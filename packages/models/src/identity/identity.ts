import { Email, pii, secret } from '@plinth/contract-kit';
import { defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';

/** The one who signs in, across organizations. It exists since its e-mail address was verified. */
export const IdentityDocument = Entity.extend({
  email: Email,
  /** An argon2id hash in the PHC format, which names its parameters. */
  passwordHash: secret(z.string().max(500)),
});
export type IdentityDocument = z.infer<typeof IdentityDocument>;

export const identities = defineCollection('identities', IdentityDocument, {
  tenancy: 'tenant',
  retention: 'as long as the identity exists',
  compareBy: {
    email: { schema: pii(z.string().min(1).max(254).lowercase()), toKey: (email) => email.toLowerCase() },
  },
  indexes: { byEmail: { fields: ['email'], unique: 'identity-exists' } },
});
