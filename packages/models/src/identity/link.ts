import { Email } from '@plinth/contract-kit';
import { defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';

/**
 * A link that is sent to an address and works once. Its token is not stored: it is derived from the id by a secret of the deployment.
 */
export const LinkDocument = Entity.extend({ purpose: z.literal('sign-up'), email: Email });
export type LinkDocument = z.infer<typeof LinkDocument>;

export const links = defineCollection('links', LinkDocument, {
  tenancy: 'tenant',
  expireAfterDays: 1,
  retention: 'one day',
  indexes: {},
});
