import { defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';

/**
 * The number of active owners, in one document per organization. It protects the last owner: a change that removes an owner
 * commits only while this count is above one.
 */
export const OwnerCountDocument = Entity.extend({
  scope: z.literal('tenant').describe('The same in every document, so that the unique index allows one per tenant.'),
  owners: z.int().min(0).describe('The owners who are active and not deleted.'),
});
export type OwnerCountDocument = z.infer<typeof OwnerCountDocument>;

export const ownerCounts = defineCollection('ownerCounts', OwnerCountDocument, {
  tenancy: 'tenant',
  indexes: { byScope: { fields: ['scope'], unique: 'owners-changed' } },
});
