import { defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';

/**
 * How many active owners an organization has: its one document of this kind, which carries the promise that the last
 * owner stays. Whoever takes an owner away does so on the condition that this count is above one when it is committed.
 */
export const OwnerCountDocument = Entity.extend({
  scope: z
    .literal('tenant')
    .describe('The same in every document: with the tenant it makes the document the only one.'),
  owners: z.int().min(0).describe('The owners who are active and not removed.'),
});
export type OwnerCountDocument = z.infer<typeof OwnerCountDocument>;

export const ownerCounts = defineCollection('ownerCounts', OwnerCountDocument, {
  tenancy: 'tenant',
  indexes: {
    byScope: { fields: ['scope'], unique: 'owners-changed' },
  },
});
